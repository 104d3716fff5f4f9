import type { IdempotencyRecord } from '../../protocol/record.ts'
import { judgeCompletion } from '../../protocol/settlement.ts'
import type { Settlement, SettleOutcome } from '../contract.ts'
import { backOff } from './back-off.ts'
import type { Connection } from './connection.ts'
import { isConditionFailure, isMisconfigured, nameOf } from './failures.ts'
import { type Item, recordOf } from './item.ts'
import { isUnreadable, readOne } from './read.ts'
import { putCompletedInput, settleInput } from './settle-expressions.ts'

/** Attempts for one settlement, each with the SDK's own retries inside. */
const ATTEMPTS = 4

/**
 * Settles one claim by itself, trying again until it is known what happened or the deadline (monotonic ms) nears.
 * Repeating is safe: the condition holds once, and the own write is recognised by its owner. Never rejects.
 */
export async function settleOne(
  connection: Connection,
  settlement: Settlement,
  deadline: number,
): Promise<SettleOutcome> {
  let current = settlement
  for (let attempt = 1; ; attempt++) {
    try {
      await connection.update(settleInput(connection.table, current), deadline)
      return done(current)
    } catch (error) {
      if (isConditionFailure(error))
        return afterConditionFailure(connection, current, deadline, itemOf(error))
      const withoutResult = withoutOversizedResult(current, error)
      if (withoutResult !== undefined) {
        current = withoutResult
        continue
      }
      if (isMisconfigured(error) || attempt === ATTEMPTS) return { kind: 'unknown', error }
      if (!(await backOff(connection.runtime, attempt, deadline))) return { kind: 'unknown', error }
    }
  }
}

/** What a settlement whose condition failed turns out to be, by the item that was found (read if not given). */
export async function afterConditionFailure(
  connection: Connection,
  settlement: Settlement,
  deadline: number,
  returned: IdempotencyRecord | undefined,
): Promise<SettleOutcome> {
  const found = returned ?? (await readOne(connection, settlement.claim.id, deadline))
  if (isUnreadable(found)) return { kind: 'unknown', error: found.unreadable }
  return settleFound(connection, settlement, deadline, found)
}

/** The same with the item in hand; `undefined`: there is none. */
export async function settleFound(
  connection: Connection,
  settlement: Settlement,
  deadline: number,
  found: IdempotencyRecord | undefined,
): Promise<SettleOutcome> {
  if (settlement.kind === 'complete') {
    switch (judgeCompletion(found, settlement.claim)) {
      case 'own-completion':
        return { kind: 'completed', duplicateEffect: false }
      case 'duplicate-effect':
        return { kind: 'completed', duplicateEffect: true }
      case 'still-ours':
        return { kind: 'unknown', error: new Error('the condition failed though the claim is ours') }
      case 'absent':
        return putCompleted(connection, settlement, deadline)
      case 'lease-lost':
        return lost(found)
    }
  }
  // A release or an extension that landed and lost its answer shows our owner and the state it was to write.
  if (found?.owner === settlement.claim.owner && found.fence === settlement.claim.fence) {
    if (settlement.kind === 'release' && found.status === settlement.status) return { kind: 'released' }
    if (settlement.kind === 'extend' && found.leaseUntil === settlement.leaseUntil)
      return { kind: 'extended' }
  }
  return lost(found)
}

async function putCompleted(
  connection: Connection,
  settlement: Extract<Settlement, { kind: 'complete' }>,
  deadline: number,
): Promise<SettleOutcome> {
  for (let attempt = 1; ; attempt++) {
    try {
      await connection.put(putCompletedInput(connection.table, settlement), deadline)
      return { kind: 'completed', duplicateEffect: false }
    } catch (error) {
      if (isConditionFailure(error)) {
        const found = itemOf(error) ?? (await readOne(connection, settlement.claim.id, deadline))
        if (isUnreadable(found)) return { kind: 'unknown', error: found.unreadable }
        const verdict = judgeCompletion(found, settlement.claim)
        if (verdict === 'own-completion') return { kind: 'completed', duplicateEffect: false }
        if (verdict === 'duplicate-effect') return { kind: 'completed', duplicateEffect: true }
        return lost(found)
      }
      if (isMisconfigured(error) || attempt === ATTEMPTS) return { kind: 'unknown', error }
      if (!(await backOff(connection.runtime, attempt, deadline))) return { kind: 'unknown', error }
    }
  }
}

/** The outcome of a settlement that was written as asked. */
export function done(settlement: Settlement): SettleOutcome {
  switch (settlement.kind) {
    case 'complete':
      return { kind: 'completed', duplicateEffect: false }
    case 'release':
      return { kind: 'released' }
    case 'extend':
      return { kind: 'extended' }
  }
}

/** A completed effect never fails because of its result: when the item would be too large the result is dropped. */
function withoutOversizedResult(settlement: Settlement, error: unknown): Settlement | undefined {
  if (settlement.kind !== 'complete' || settlement.result === undefined) return undefined
  return nameOf(error) === 'ValidationException' ? { ...settlement, result: undefined } : undefined
}

function lost(found: IdempotencyRecord | undefined): SettleOutcome {
  const detail =
    found === undefined ? 'the record is gone' : `the record is ${found.status} under fence ${found.fence}`
  return { kind: 'lease-lost', detail }
}

function itemOf(error: unknown): IdempotencyRecord | undefined {
  const item = (error as { readonly Item?: Item }).Item
  return item === undefined ? undefined : recordOf(item)
}
