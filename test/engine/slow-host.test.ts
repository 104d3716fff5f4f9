import { describe, expect, it } from 'vitest'
import { sqsHandler } from '../../src/lambda/sqs-handler.ts'
import { memoryStore } from '../../src/store/memory/memory-store.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { numberedEvent as sqsEvent } from '../testing/numbered-event.ts'
import { fifo, Gates, reported, rig, rigWith, settled, standard } from './rig.ts'

/** A host whose clock is off, and whose store learns its own time by the first answer. */
function host(offsetMs: number) {
  const server = manualClock()
  const memory = memoryStore({ runtime: server })
  const { base, context, events, outcomes } = rigWith(memory, server)
  let known = 0
  const store = {
    ...memory,
    now: () => server.now() - offsetMs + known,
    claim: async (...asked: Parameters<typeof memory.claim>) => {
      const answer = await memory.claim(...asked)
      known = offsetMs
      return answer
    },
  }
  const runtime = { ...server, now: () => server.now() - offsetMs }
  return { server, memory, context, events, outcomes, store, base: { ...base, store, runtime } }
}

describe('a host whose clock is 5 s behind', () => {
  it('extends what it has claimed before its handler starts, once the first answer has told', async () => {
    const { base, context, server, memory } = host(5_000)
    const leases: (number | undefined)[] = []
    await sqsHandler(base, () => {
      leases.push(memory.records()[0]?.leaseUntil)
    })(standard('A'), context(10_000))
    expect(leases).toEqual([server.now() + 11_000])
  })

  it('is not overtaken by a redelivery while it runs', async () => {
    const { base, context, server, store } = host(5_000)
    const gates = new Gates()
    const response = sqsHandler(base, gates.handler)(standard('A'), context(15_000))
    // Its own clock's lease would end at 16 − 5 s, the margin at 13 s.
    await server.advance(13_100)
    const others = rigWith(memoryStore({ runtime: server }), server)
    let ran = 0
    const other = sqsHandler({ ...others.base, store: { ...store, now: () => server.now() } }, () => {
      ran++
    })
    const again = sqsEvent([{ messageId: 'A', body: 'A', receiveCount: 2 }])
    expect(reported(await other(again, context(10_000)))).toEqual(['A'])
    expect(ran).toBe(0)
    gates.succeed('A')
    expect(reported(await response)).toEqual([])
  })

  it('writes leases and windows in the server’s time from then on', async () => {
    const { base, context, server, memory } = host(5_000)
    const handler = sqsHandler({ ...base, ttl: '1h' }, () => {})
    await handler(standard('A'), context(10_000))
    const gates = new Gates()
    void sqsHandler({ ...base, ttl: '1h' }, gates.handler)(standard('B'), context(10_000))
    await settled()
    expect(memory.records()[1]).toMatchObject({
      leaseUntil: server.now() + 11_000,
      expiresAt: server.now() + 3_600_000,
    })
  })

  it('does not run what it could not extend: lost to another, or no answer', async () => {
    for (const [answer, outcome] of [
      [{ kind: 'lease-lost', detail: '' }, 'lease-lost'],
      [{ kind: 'unknown', error: undefined }, 'not-started'],
    ] as const) {
      const { base, context, outcomes, store } = host(5_000)
      let ran = 0
      const settle: typeof store.settle = async (settlements, call) =>
        settlements[0]?.kind === 'extend' ? settlements.map(() => answer) : store.settle(settlements, call)
      const handler = sqsHandler({ ...base, store: { ...store, settle } }, () => {
        ran++
      })
      expect(reported(await handler(standard('A', 'B'), context(10_000)))).toEqual(['A', 'B'])
      expect(ran).toBe(0)
      expect(outcomes()).toEqual({ A: outcome, B: outcome })
    }
  })
})

describe('a host whose clock is set forward by less than the clock error', () => {
  it('extends all the same: only what is certain of its offset was corrected', async () => {
    const { base, context, server, memory } = host(900)
    const leases: (number | undefined)[] = []
    await sqsHandler(base, () => {
      leases.push(memory.records()[0]?.leaseUntil)
    })(standard('A'), context(10_000))
    expect(leases).toEqual([server.now() + 11_000])
  })
})

describe('a FIFO group on a host whose clock is 5 s behind', () => {
  it('hands on nothing of it before its lease is extended, though the record before it has ended', async () => {
    const { base, context, store, memory, server, outcomes } = host(5_000)
    // A is done already, so that B is at its turn as soon as both are claimed.
    const done = sqsHandler({ ...base, store: { ...memory }, runtime: server }, () => {})
    await done(fifo('A:g'), context(10_000))
    const log: string[] = []
    const extended = Promise.withResolvers<void>()
    const settle: typeof store.settle = async (settlements, call) => {
      if (settlements[0]?.kind !== 'extend') return store.settle(settlements, call)
      await extended.promise
      log.push('extended')
      return store.settle(settlements, call)
    }
    const handler = sqsHandler({ ...base, store: { ...store, settle } }, (message) => {
      log.push(`runs ${message.messageId}`)
    })
    const response = handler(fifo('A:g', 'B:g'), context(10_000))
    await settled()
    expect(log).toEqual([])
    extended.resolve()
    expect(reported(await response)).toEqual([])
    expect(log).toEqual(['extended', 'runs B'])
    expect(outcomes()).toEqual({ A: 'duplicate', B: 'completed' })
  })

  it('runs nothing of it that could not be extended', async () => {
    const { base, context, store, memory, server } = host(5_000)
    await sqsHandler({ ...base, store: { ...memory }, runtime: server }, () => {})(
      fifo('A:g'),
      context(10_000),
    )
    const ran: string[] = []
    const settle: typeof store.settle = async (settlements, call) =>
      settlements[0]?.kind === 'extend'
        ? settlements.map(() => ({ kind: 'unknown' as const, error: undefined }))
        : store.settle(settlements, call)
    const handler = sqsHandler({ ...base, store: { ...store, settle } }, (message) => {
      ran.push(message.messageId)
    })
    expect(reported(await handler(fifo('A:g', 'B:g'), context(10_000)))).toEqual(['B'])
    expect(ran).toEqual([])
    expect(memory.records().find(({ messageId }) => messageId === 'B')).toMatchObject({
      status: 'FAILED',
      attempts: 0,
    })
  })
})

describe('a host whose clock is right, or ahead', () => {
  it.each([0, 90, -900, -5_000])('extends nothing (%i ms behind)', async (behind) => {
    const { base, context, store } = host(behind)
    const kinds: string[] = []
    const settle: typeof store.settle = (settlements, call) => {
      kinds.push(...settlements.map(({ kind }) => kind))
      return store.settle(settlements, call)
    }
    await sqsHandler({ ...base, store: { ...store, settle } }, () => {})(standard('A'), context(10_000))
    expect(kinds).toEqual(['complete'])
  })
})

describe('where the store may be unavailable', () => {
  it('a claim may use half of the time when the message may run without one', async () => {
    const { base, context, store } = rig()
    await sqsHandler({ ...base, onStoreUnavailable: 'run' }, () => {})(standard('A'), context(10_000))
    expect(store.contexts[0]?.deadline).toBe(4_250)
    await sqsHandler(base, () => {})(standard('B'), context(10_000))
    expect(store.contexts.filter(({ maxAttempts }) => maxAttempts !== undefined).at(-1)?.deadline).toBe(9_500)
  })
})
