import { orderTwins } from './symmetry.ts'
import type { World } from './world.ts'

/**
 * Orders what is alike and renames tokens and fences, so that states that differ only in names are one state. Tokens are numbered in order of
 * first mention; the fences of a key keep their order but close the gaps. Nothing in the protocol computes with
 * either beyond equality, order and "higher than all before".
 */
export function canonicalise(world: World): void {
  for (let key = 0; key < world.records.length; key++) closeFenceGaps(world, key)
  orderTwins(world)
  renameTokens(world)
}

/** The same with hosts and slots left in their places. */
export function rename(world: World): void {
  for (let key = 0; key < world.records.length; key++) closeFenceGaps(world, key)
  renameTokens(world)
}

const names = new Uint8Array(256)

function renameTokens(world: World): void {
  const { bytes, tokenFields } = world
  names.fill(0, 0, 32)
  let next = 1
  for (const offset of tokenFields) {
    const token = bytes[offset] ?? 0
    if (token === 0) continue
    if (names[token] === 0) names[token] = next++
    bytes[offset] = names[token] ?? 0
  }
}

function closeFenceGaps(world: World, key: number): void {
  const record = world.records[key]
  if (record === undefined) return
  let used = (1 << record.fence) | (1 << record.highFence)
  for (const slot of world.slots) {
    if (slot.pc !== 0 && slot.key === key) used |= (1 << slot.fence) | (1 << slot.seenFence)
  }
  for (const late of world.late) {
    if (late.kind !== 0 && late.key === key) used |= (1 << late.fence) | (1 << late.seenFence)
  }
  used &= ~1
  // No gap: bits 1..n are set and nothing above.
  if ((used & (used + 2)) === 0) return
  const rank = (fence: number) => (fence === 0 ? 0 : bitCount(used & ((1 << fence) - 1)) + 1)
  record.fence = rank(record.fence)
  record.highFence = rank(record.highFence)
  for (const slot of world.slots) {
    if (slot.pc === 0 || slot.key !== key) continue
    slot.fence = rank(slot.fence)
    slot.seenFence = rank(slot.seenFence)
  }
  for (const late of world.late) {
    if (late.kind === 0 || late.key !== key) continue
    late.fence = rank(late.fence)
    late.seenFence = rank(late.seenFence)
  }
}

function bitCount(bits: number): number {
  let count = 0
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++
  return count
}
