import type { View } from '../dynamodb/item.ts'
import type { Host } from '../host.ts'
import type { Checker } from './checker.ts'

/**
 * I10: with a visibility timeout of at least deadline + window + grace + margin (and both clocks' errors) a redelivery
 * never meets the live lease of a dead owner. Checked where its assumptions hold: one delivery at a time, one message
 * per key, nothing arriving late, nobody else writing.
 */
export function meetsDeadLease(checker: Checker, id: string, seen: View, reader: Host): string | undefined {
  const { scenario, world, uniqueKeys } = checker.simulation
  const { rates } = scenario
  const holds =
    scenario.longVisibility &&
    scenario.environment === 'lambda' &&
    scenario.invocationsPerHost === 1 &&
    scenario.resendAfterMs === 0 &&
    rates.late === 0 &&
    rates.lateSilent === 0 &&
    (scenario.fifo || rates.duplicate === 0) &&
    uniqueKeys &&
    scenario.maxSkewMs <= scenario.clockErrorMs &&
    !checker.tampered.has(id)
  if (!holds || seen.leaseUntil === undefined) return undefined
  const claim = checker.book.shownBy(id, seen)
  if (claim === undefined) return undefined
  const invocation = checker.invocations.get(claim.invocation)
  const dead = claim.host.dead || invocation === undefined || invocation.over
  // Lease and margin as the reader sees them whose clock is furthest behind.
  const live = !(seen.leaseUntil + 2 * scenario.clockErrorMs < world.time - scenario.clockErrorMs)
  if (!dead || !live || reader === claim.host) return undefined
  return `${reader.name} met the live lease of ${claim.host.name}, which is done`
}
