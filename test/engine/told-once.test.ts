import { describe, expect, it, test } from 'vitest'
import { sqsHandler } from '../../src/lambda/sqs-handler.ts'
import type { MessageEvent, OnceEvent } from '../../src/observe/events.ts'
import { fifo, reported, rig, standard } from './rig.ts'
import { BUSY, UNAVAILABLE } from './scripted-store.ts'

const OPEN = { onStoreUnavailable: 'run' } as const
const GONE = new TypeError('the store is gone')

function told(events: readonly OnceEvent[]): MessageEvent[] {
  return events.filter((event) => event.kind === 'message')
}

describe('a message is told once, with what was behind it', () => {
  it.each([
    ['a store that rejects a settlement', () => Promise.reject(GONE)],
    ['a settlement that nobody knows of', () => ({ kind: 'unknown', error: GONE }) as const],
  ])('%s: unknown completion, with the error and its class name', async (_name, settle) => {
    const { base, context, events, store } = rig()
    store.settleScript = settle
    expect(reported(await sqsHandler(base, () => {})(standard('A'), context()))).toEqual(['A'])
    expect(told(events)).toEqual([
      expect.objectContaining({ outcome: 'unknown-completion', failure: 'TypeError', error: GONE }),
    ])
  })

  it('without an error there is no class name of one', async () => {
    const { base, context, events } = rig()
    await sqsHandler(base, () => {})(standard('A'), context())
    expect(told(events)).toEqual([expect.objectContaining({ failure: undefined, error: undefined })])
  })

  it('held back in its FIFO group: not started', async () => {
    const { base, context, events, store } = rig()
    store.claimScript = (_request, messageId) => (messageId === 'A' ? BUSY : undefined)
    await sqsHandler(base, () => {})(fifo('A:g', 'B:g'), context())
    expect(told(events).map(({ messageId, outcome }) => [messageId, outcome])).toEqual([
      ['A', 'busy'],
      ['B', 'not-started'],
    ])
  })
})

describe('a message that ran without a record and is claimed late', () => {
  it('asks for a lease of the grace and for the whole window', async () => {
    const { base, clock, context, store } = rig()
    store.claimScript = () => (store.claims.length === 1 ? UNAVAILABLE : undefined)
    await sqsHandler({ ...base, ...OPEN, ttl: '1h', leaseGraceMs: 700 }, () => {})(standard('A'), context())
    expect(store.claims[1]).toMatchObject({
      leaseUntil: clock.now() + 700,
      expiresAt: clock.now() + 3_600_000,
      redelivered: true,
    })
  })

  it.each([
    ['the store is still not there', UNAVAILABLE, 'Error'],
    ['somebody else holds it', BUSY, undefined],
  ])('%s: told once as an unknown completion', async (_name, outcome, failure) => {
    const { base, context, events, store } = rig()
    store.claimScript = () => (store.claims.length === 1 ? UNAVAILABLE : outcome)
    const handler = sqsHandler({ ...base, ...OPEN }, () => {})
    expect(reported(await handler(standard('A'), context()))).toEqual(['A'])
    const error = outcome.kind === 'unavailable' ? outcome.error : undefined
    expect(told(events)).toEqual([expect.objectContaining({ outcome: 'unknown-completion', failure, error })])
  })
})

test('a result that cannot be serialised: the notice carries what was thrown', async () => {
  const { base, context, events } = rig()
  const serialize = (): string => {
    throw GONE
  }
  await sqsHandler({ ...base, storeResult: { serialize } }, () => 1)(standard('A'), context())
  expect(events).toContainEqual(
    expect.objectContaining({ notice: 'result-dropped', reason: 'unserialisable', error: GONE }),
  )
})

test('times count from when the process began, not from its invocation', async () => {
  const { base, clock, context, events } = rig()
  await clock.advance(500_000)
  const deadlines: number[] = []
  await sqsHandler({ ...base, deadlineReserveMs: 1_500 }, (_message, claim) => {
    deadlines.push(claim.deadline)
    return clock.advance(40)
  })(standard('A'), context(30_000))
  expect(deadlines).toEqual([clock.now() - 40 + 28_500])
  expect(events.at(-1)).toMatchObject({ kind: 'batch', durationMs: 40 })
})
