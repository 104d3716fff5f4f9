import { expect, it } from 'vitest'
import { isOncekitError } from '../../src/errors/is-oncekit-error.ts'
import type { OncekitErrorCode } from '../../src/errors/oncekit-error.ts'
import { sqsHandler } from '../../src/lambda/sqs-handler.ts'
import type { OnceEvent } from '../../src/observe/events.ts'
import type { ClaimOutcome } from '../../src/store/contract.ts'
import { type Rig, reported, rig, standard } from './rig.ts'
import { DUPLICATE, POISONED, UNAVAILABLE } from './scripted-store.ts'

/** The errors of what an observer saw about a message, by their code. */
function told(events: readonly OnceEvent[]): Record<string, [string, string]> {
  return Object.fromEntries(
    events.flatMap((event) => {
      if (event.kind === 'batch' || !isOncekitError(event.error)) return []
      return [
        [event.error.code, [event.kind === 'message' ? event.outcome : event.notice, event.error.message]],
      ]
    }),
  )
}

const busy = (
  clock: Rig['clock'],
  reason: 'lease' | 'race' | 'clock-skew',
  leaseMs?: number,
): ClaimOutcome => ({
  kind: 'busy',
  reason,
  leaseUntil: leaseMs === undefined ? undefined : clock.now() + leaseMs,
})

it.each<[string, OncekitErrorCode, string, (clock: Rig['clock']) => ClaimOutcome]>([
  ['busy', 'IN_PROGRESS', 'leased for 12 s', (clock) => busy(clock, 'lease', 11_500)],
  ['busy', 'IN_PROGRESS', 'under a lease', (clock) => busy(clock, 'lease', -500)],
  ['busy', 'IN_PROGRESS', 'under a lease', (clock) => busy(clock, 'lease')],
  ['busy', 'IN_PROGRESS', 'another claim came first', (clock) => busy(clock, 'race', 11_500)],
  ['busy', 'IN_PROGRESS', 'before the clocks are compared', (clock) => busy(clock, 'clock-skew', 11_500)],
  ['mismatch', 'PAYLOAD_MISMATCH', 'used before with another payload', () => ({ kind: 'mismatch' })],
  [
    'poisoned',
    'POISONED',
    'given up after RangeError',
    () => ({
      kind: 'poisoned',
      record: { ...(POISONED as { record: object }).record, failure: 'RangeError' } as never,
    }),
  ],
  // A store of one's own that leaves the record out.
  ['poisoned', 'POISONED', 'was given up. Send it again', () => ({ kind: 'poisoned' }) as never],
  [
    'unknown-record',
    'RECORD_UNKNOWN',
    'schemaVersion 2',
    () => ({ kind: 'unknown-record', detail: 'schemaVersion 2' }),
  ],
])('a message that is refused as %s is told with the error %s: %s', async (outcome, code, text, answer) => {
  const { base, context, store, clock, events } = rig()
  store.claimScript = () => answer(clock)
  expect(reported(await sqsHandler(base, () => {})(standard('A'), context()))).toEqual(['A'])
  expect(told(events)).toEqual({ [code]: [outcome, expect.stringContaining(text)] })
})

it('the others of a key whose payload is another are told so too', async () => {
  const { base, context, store, events } = rig()
  store.claimScript = () => ({ kind: 'mismatch', fingerprint: 'of neither' })
  const handler = sqsHandler({ ...base, key: () => 'order-1' }, () => {})
  expect(reported(await handler(standard('A', 'B'), context()))).toEqual(['A', 'B'])
  const errors = events.flatMap((event) => (event.kind === 'message' ? [event.error] : []))
  expect(errors.map((error) => isOncekitError(error, 'PAYLOAD_MISMATCH'))).toEqual([true, true])
})

it('a lease that was lost while the handler ran is told with what the store has found', async () => {
  const { base, context, store, events } = rig()
  store.settleScript = () => ({ kind: 'lease-lost', detail: 'the record is gone' })
  await sqsHandler(base, () => {})(standard('A'), context())
  expect(told(events)).toEqual({ LEASE_LOST: ['lease-lost', expect.stringContaining('the record is gone')] })
})

it('a lease that ended before its message had its turn is told so', async () => {
  const { base, context, store, events, clock } = rig()
  // The claim is answered when the lease that it asked for is over, in a process that nobody has killed.
  store.claimScript = async () => {
    await clock.advance(70_000)
    return undefined
  }
  const { getRemainingTimeInMillis: _, ...open } = context()
  await sqsHandler(base, () => {})(standard('A'), open)
  expect(told(events)).toEqual({ LEASE_LOST: ['lease-lost', expect.stringContaining('before the handler')] })
})

it('a result that is too large is told with its size', async () => {
  const { base, context, events } = rig()
  const handler = sqsHandler({ ...base, storeResult: { maxBytes: 10 } }, () => 'x'.repeat(10))
  expect(reported(await handler(standard('A'), context()))).toEqual([])
  expect(told(events)).toEqual({ RESULT_TOO_LARGE: ['result-dropped', expect.stringContaining('12 bytes')] })
})

it.each([
  ['a duplicate', DUPLICATE],
  ['an answer that did not come', UNAVAILABLE],
])('%s has no error of ours', async (_name, answer) => {
  const { base, context, store, events } = rig()
  store.claimScript = () => answer
  await sqsHandler(base, () => {})(standard('A'), context())
  expect(told(events)).toEqual({})
})
