import { describe, expect, it, test } from 'vitest'
import { beginInvocation } from '../../src/engine/invocation.ts'
import { sqsHandler } from '../../src/lambda/sqs-handler.ts'
import { manualClock } from '../../src/testing/index.ts'
import { fifo, Gates, reported, rig, settled, standard } from './rig.ts'
import { BUSY } from './scripted-store.ts'

describe('the times of an invocation', () => {
  it.each([
    [1_500, 500],
    [3_000, 500],
    [600, 200],
  ])(
    'with a reserve of %i ms: %i ms of it for the answer alone, half of that where a store is late',
    (reserve, answer) => {
      const clock = manualClock()
      const startedAt = clock.monotonic()
      const times = beginInvocation(clock, { getRemainingTimeInMillis: () => 30_000 }, reserve)
      const endsAt = startedAt + 30_000
      expect(times).toEqual({
        startedAt,
        endsAt,
        stopAt: endsAt - reserve,
        settleBy: endsAt - answer,
        answerBy: endsAt - answer / 2,
      })
    },
  )

  it.each([undefined, {}])('are open when nobody knows the end: context %j', (context) => {
    const clock = manualClock()
    expect(beginInvocation(clock, context, 1_500)).toEqual({
      startedAt: clock.monotonic(),
      endsAt: Infinity,
      stopAt: Infinity,
      settleBy: Infinity,
      answerBy: Infinity,
    })
  })
})

test('an extension moves lease and window on from now, and must be answered within a third of the lease', async () => {
  const { base, clock, store } = rig()
  const gates = new Gates()
  const response = sqsHandler({ ...base, ttl: '1h' }, gates.handler)(standard('A'), {})
  await settled()
  const third = 61_000 / 3
  await clock.advance(third)
  const [extension] = store.settlements
  expect(extension).toMatchObject({
    kind: 'extend',
    leaseUntil: Math.ceil(clock.now() + 61_000),
    expiresAt: clock.now() + 3_600_000,
  })
  const context = store.contexts.at(-1)
  expect(context).toMatchObject({ marginMs: 2_000, clockErrorMs: 1_000 })
  expect(context?.deadline).toBeCloseTo(clock.monotonic() + third, 3)
  gates.succeed('A')
  expect(reported(await response)).toEqual([])
})

describe('the notice of a deadline', () => {
  it('is not given for what a FIFO group holds back in good time', async () => {
    const { base, context, store, notices } = rig()
    store.claimScript = (_request, messageId) => (messageId === 'A' ? BUSY : undefined)
    expect(reported(await sqsHandler(base, () => {})(fifo('A:g', 'B:g'), context()))).toEqual(['A', 'B'])
    expect(notices()).not.toContain('deadline')
  })

  it('is not given when all had settled, however late; the batch says how long it took', async () => {
    const { base, context, clock, notices, events, store } = rig()
    const confirmed = Promise.withResolvers<undefined>()
    store.settleScript = () => confirmed.promise
    const response = sqsHandler(base, () => {})(standard('A'), context(10_000))
    await settled()
    await clock.advance(9_000)
    confirmed.resolve(undefined)
    expect(reported(await response)).toEqual([])
    expect(notices()).not.toContain('deadline')
    expect(events.at(-1)).toMatchObject({ kind: 'batch', durationMs: 9_000 })
  })
})

test('a batch with nothing to claim asks the store nothing', async () => {
  const { base, context, store } = rig()
  const response = await sqsHandler({ ...base, key: () => '' }, () => {})(standard('A', 'B'), context())
  expect(reported(response)).toEqual(['A', 'B'])
  expect(store.contexts).toEqual([])
})
