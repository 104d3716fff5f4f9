import { describe, expect, it, test } from 'vitest'
import { beginInvocation } from '../../src/engine/invocation.ts'
import { sqsHandler } from '../../src/lambda/sqs-handler.ts'
import { manualClock } from '../../src/testing/index.ts'
import { fifo, Gates, reported, rig, settled, standard } from './rig.ts'
import { BUSY } from './scripted-store.ts'

describe('the times of an invocation', () => {
  it.each([
    [1_500, 300],
    [3_000, 300],
    [600, 120],
    [0, 0],
  ])(
    'with a reserve of %i ms: two thirds of it for late handlers, %i ms for the answer alone, half of that where a store is late',
    (reserve, answer) => {
      const clock = manualClock()
      const startedAt = clock.monotonic()
      const times = beginInvocation(clock, { getRemainingTimeInMillis: () => 30_000 }, reserve)
      const endsAt = startedAt + 30_000
      expect(times).toEqual({
        startedAt,
        endsAt,
        stopAt: endsAt - reserve,
        lateUntil: endsAt - reserve / 3,
        settleBy: endsAt - answer,
        answerBy: endsAt - answer / 2,
        problem: undefined,
      })
    },
  )

  it.each([undefined, {}])('are open when nobody knows the end: context %j', (context) => {
    const clock = manualClock()
    expect(beginInvocation(clock, context, 1_500)).toEqual({
      startedAt: clock.monotonic(),
      endsAt: Infinity,
      stopAt: Infinity,
      lateUntil: Infinity,
      settleBy: Infinity,
      answerBy: Infinity,
      problem: undefined,
    })
  })

  it.each([
    [NaN, 'returns NaN'],
    [Infinity, 'returns Infinity'],
    [Number.MAX_SAFE_INTEGER, 'returns 9007199254740991'],
    [1_700_000_000_000, 'returns 1700000000000'],
    [86_400_001, 'returns 86400001'],
    ['5000', 'a value of type string'],
    [undefined, 'a value of type undefined'],
  ])('are open when the remaining time is %s, and say what is wrong with it', (given, problem) => {
    const context = { getRemainingTimeInMillis: () => given as number }
    const times = beginInvocation(manualClock(), context, 1_500)
    expect(times.endsAt).toBe(Infinity)
    expect(times.problem).toContain(problem)
  })

  it.each([
    [
      {
        get getRemainingTimeInMillis() {
          throw new Error('a mock')
        },
      },
      '() throws',
    ],
    [{ getRemainingTimeInMillis: 30_000 }, 'is of type number, not a function'],
    [
      {
        getRemainingTimeInMillis() {
          throw new Error('no context')
        },
      },
      'throws',
    ],
  ])('are open with a context that cannot be asked', (context, problem) => {
    const times = beginInvocation(manualClock(), context as never, 1_500)
    expect(times.endsAt).toBe(Infinity)
    expect(times.problem).toContain(problem)
  })

  it('of ninety minutes are taken as they are: Managed Instances have them', () => {
    const times = beginInvocation(manualClock(), { getRemainingTimeInMillis: () => 5_400_000 }, 1_500)
    expect(times.endsAt).toBe(5_400_000)
  })

  it('ask the context as its own method: some keep their time in a field', () => {
    const context = {
      left: 30_000,
      getRemainingTimeInMillis() {
        return this.left
      },
    }
    expect(beginInvocation(manualClock(), context, 1_500).endsAt).toBe(30_000)
  })
})

test('a remaining time that cannot be used is told once, and the message runs under an open lease', async () => {
  const { base, notices, events, store, clock } = rig()
  const context = { getRemainingTimeInMillis: () => NaN }
  expect(reported(await sqsHandler(base, () => {})(standard('A', 'B'), context))).toEqual([])
  expect(notices()).toEqual(['context'])
  expect(events[0]).toMatchObject({ detail: expect.stringContaining('NaN') })
  expect(store.claims[0]?.leaseUntil).toBe(clock.now() + 61_000)
  expect(clock.waiting).toBe(0)
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
