import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sqsHandler } from '../../src/lambda/sqs-handler.ts'
import { memoryStore } from '../../src/store/memory/memory-store.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { numberedEvent as sqsEvent } from '../testing/numbered-event.ts'
import { Gates, reported, rig, rigWith, settled, standard } from './rig.ts'

/** Lambda sets it on Managed Instances alone: there an invocation that times out is reported, and its code runs on. */
const VARIABLE = 'AWS_LAMBDA_MAX_CONCURRENCY'

beforeEach(() => {
  process.env[VARIABLE] = '64'
})
afterEach(() => {
  delete process.env[VARIABLE]
})

const redelivered = (receiveCount: number) => sqsEvent([{ messageId: 'A', body: 'A', receiveCount }])

/** One function on two processes, with one store and one clock. */
function world() {
  const clock = manualClock()
  const { base, context, store, events, notices } = rigWith(memoryStore({ runtime: clock }), clock)
  const gates = new Gates()
  const runs: number[] = []
  let now = 0
  let most = 0
  const handler = () =>
    sqsHandler({ ...base, ttl: '30d' }, async (message, claim) => {
      runs.push(claim.attempt)
      now++
      most = Math.max(most, now)
      try {
        return await gates.handler(message)
      } finally {
        now--
      }
    })
  return { clock, context, store, events, notices, gates, runs, handler, atOnce: () => most }
}

describe('on Managed Instances, where no kill ends a handler', () => {
  it('the signal aborts at the reserve, and the invocation answers before its end, as anywhere', async () => {
    const { base, context, clock } = rig()
    const aborted: number[] = []
    const response = sqsHandler(base, (_message, claim) => {
      claim.signal.addEventListener('abort', () => aborted.push(clock.monotonic()))
      return new Promise(() => {})
    })(standard('A'), context(10_000))
    await clock.advance(10_000)
    expect(aborted).toEqual([8_500])
    expect(reported(await response)).toEqual(['A'])
  })

  it('a handler that outlives its deadline by 20 s keeps its lease: never two at once', async () => {
    const { clock, context, gates, runs, handler, atOnce, store } = world()
    const first = handler()(redelivered(1), context(15_000))
    await clock.advance(15_000)
    expect(reported(await first)).toEqual(['A'])
    // Redeliveries in another process, while it runs.
    for (let receiveCount = 2; receiveCount < 6; receiveCount++) {
      await clock.advance(3_000)
      const response = handler()(redelivered(receiveCount), context(15_000))
      await settled()
      expect(reported(await response)).toEqual(['A'])
    }
    expect(runs).toEqual([1])
    gates.succeed('A')
    await settled()
    // A late success is completed: nobody has run it meanwhile, and nobody needs to.
    expect(store.records()).toMatchObject([{ status: 'COMPLETED', attempts: 1 }])
    const response = handler()(redelivered(6), context(15_000))
    expect(reported(await response)).toEqual([])
    expect(atOnce()).toBe(1)
    await clock.advance(60_000)
    expect(clock.waiting).toBe(0)
  })

  it('a late failure is released, so that its next delivery runs', async () => {
    const { clock, context, gates, handler, store } = world()
    const first = handler()(redelivered(1), context(15_000))
    await clock.advance(25_000)
    expect(reported(await first)).toEqual(['A'])
    gates.fail('A')
    await settled()
    expect(store.records()).toMatchObject([{ status: 'FAILED', attempts: 1, failure: 'Error' }])
  })

  it('one that hangs holds its key for twice its invocation, which is told, and is then taken over', async () => {
    const { clock, context, handler, notices, runs, store } = world()
    const first = handler()(redelivered(1), context(90_000))
    await clock.advance(180_000 + 61_000)
    await first
    expect(notices()).toContain('left-running')
    expect(clock.waiting).toBe(0)
    const { leaseUntil = 0 } = store.records()[0] ?? {}
    expect(leaseUntil).toBeLessThan(clock.now())
    void handler()(redelivered(2), context(90_000))
    await clock.advance(3_000)
    expect(runs).toEqual([1, 2])
  })

  it('extends nothing before the reserve begins, and nothing that has settled', async () => {
    const { base, context, clock, store } = rig()
    const gates = new Gates()
    const response = sqsHandler(base, gates.handler)(standard('A', 'B'), context(900_000))
    gates.succeed('A')
    await clock.advance(898_000)
    expect(store.settled('extend')).toEqual([])
    await clock.advance(500)
    expect(store.settled('extend')).toEqual(['B'])
    gates.succeed('B')
    expect(reported(await response)).toEqual([])
    expect(clock.waiting).toBe(0)
  })

  it('an invocation of ninety minutes is leased for as long', async () => {
    const { base, context, store, clock } = rig()
    await sqsHandler(base, () => {})(standard('A'), context(5_400_000))
    expect(store.claims[0]?.leaseUntil).toBe(clock.now() + 5_401_000)
  })

  it('a claim that is answered after the batch is given back, for the process goes on', async () => {
    const { base, context, clock, store } = rig()
    const claim = Promise.withResolvers<undefined>()
    store.claimScript = () => claim.promise
    const ran: string[] = []
    const response = sqsHandler(base, (message) => ran.push(message.messageId))(
      standard('A'),
      context(10_000),
    )
    await clock.advance(10_000)
    expect(reported(await response)).toEqual(['A'])
    claim.resolve(undefined)
    await settled()
    expect(store.settled('give-back')).toEqual(['A'])
    expect(store.contexts.at(-1)?.deadline).toBeGreaterThan(clock.monotonic())
    expect(ran).toEqual([])
    expect(clock.waiting).toBe(0)
  })

  it('remaining time at zero and below: nothing is claimed, all is reported', async () => {
    for (const remaining of [0, -20_000]) {
      const { base, context, store } = rig()
      expect(reported(await sqsHandler(base, () => {})(standard('A'), context(remaining)))).toEqual(['A'])
      expect(store.claims).toEqual([])
    }
  })

  it('invocations interleaved in one process keep apart: each its own deadline, signals and leases', async () => {
    const { base, context, clock, store } = rig()
    const gates = new Gates()
    const handler = sqsHandler(base, gates.handler)
    const short = handler(standard('A'), context(5_000))
    const long = handler(standard('B'), context(50_000))
    await clock.advance(5_000)
    expect(reported(await short)).toEqual(['A'])
    expect(store.settled('extend')).toEqual(['A'])
    gates.succeed('B')
    expect(reported(await long)).toEqual([])
    gates.succeed('A')
    await settled()
    expect(store.settled('complete').sort()).toEqual(['A', 'B'])
  })
})

describe('anywhere else', () => {
  it('Lambda kills at the deadline: nothing is extended, and a late success is left', async () => {
    delete process.env[VARIABLE]
    const { base, context, clock, store } = rig()
    const gates = new Gates()
    const response = sqsHandler(base, gates.handler)(standard('A'), context(10_000))
    await clock.advance(10_000)
    expect(reported(await response)).toEqual(['A'])
    gates.succeed('A')
    await clock.advance(60_000)
    expect(store.settlements).toEqual([])
  })
})
