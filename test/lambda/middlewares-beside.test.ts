import { describe, expect, it } from 'vitest'
import { eachMessage } from '../../src/lambda/each-message.ts'
import { idempotentBatch } from '../../src/lambda/idempotent-batch.ts'
import type { SqsBatchResponse } from '../../src/lambda/partial-response.ts'
import { memoryStore } from '../../src/store/memory/memory-store.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { Gates, reported, rig, rigWith, standard } from '../engine/rig.ts'
import { numberedEvent as sqsEvent } from '../testing/numbered-event.ts'
import { MIDDYS, type Request } from './middlewares.ts'

describe.each(MIDDYS)('%s: next to a middleware that throws in `before`', (_name, compose) => {
  const thrower = {
    before() {
      throw new Error('no secrets')
    },
  }

  it('before ours: nothing is claimed, nothing acknowledged, the error is seen', async () => {
    const { base, context, store } = rig()
    const handler = compose(
      [thrower, idempotentBatch(base)],
      eachMessage(() => {}),
    )
    await expect(handler(standard('A'), context())).rejects.toThrow('no secrets')
    expect(store.claims).toEqual([])
    expect(store.settlements).toEqual([])
  })

  it('after ours: the claims stay leased, nothing is released or acknowledged, and the messages run later', async () => {
    const clock = manualClock()
    const { base, context, store } = rigWith(memoryStore({ runtime: clock }), clock)
    let broken = true
    const sometimes = {
      before() {
        if (broken) throw new Error('no secrets')
      },
    }
    const ran: string[] = []
    const each = eachMessage<string>((message) => {
      ran.push(message.messageId)
    })
    const handler = compose([idempotentBatch(base), sometimes], each)
    await expect(handler(standard('A'), context(10_000))).rejects.toThrow('no secrets')
    expect(store.records()).toMatchObject([{ status: 'IN_PROGRESS' }])
    broken = false
    const redelivery = sqsEvent([{ messageId: 'A', body: 'A', receiveCount: 2 }])
    expect(reported(await handler(redelivery, context(10_000)))).toEqual(['A'])
    // Lease to the end of the first invocation, a second of grace, two of margin.
    await clock.advance(13_001)
    expect(reported(await handler(redelivery, context(10_000)))).toEqual([])
    expect(ran).toEqual(['A'])
  })
})

describe.each(MIDDYS)('%s: next to a middleware that changes the event', (_name, compose) => {
  it('before ours: its event counts', async () => {
    const { base, context } = rig()
    const bodies: string[] = []
    const upper = {
      before(request: Request) {
        request.event = {
          ...request.event,
          Records: request.event.Records.map((record) => ({ ...record, body: record.body.toUpperCase() })),
        }
      },
    }
    const each = eachMessage<string>((message) => {
      bodies.push(message.body)
    })
    await compose([upper, idempotentBatch(base)], each)(standard('a', 'b'), context())
    expect(bodies).toEqual(['A', 'B'])
  })

  it('after ours, in place: key, fingerprint and identifiers are those of the untouched record', async () => {
    const { base, context, store } = rig()
    const vandal = {
      before(request: Request) {
        for (const record of request.event.Records) {
          record.messageId = 'stolen'
          record.body = 'changed'
        }
      },
    }
    const bodies: string[] = []
    const each = eachMessage<string>((message) => {
      bodies.push(message.body)
      throw new Error('declined')
    })
    const handler = compose([idempotentBatch(base), vandal], each)
    expect(reported(await handler(standard('A', 'B'), context()))).toEqual(['A', 'B'])
    expect(bodies).toEqual(['A', 'B'])
    expect(store.settled('release')).toEqual(['A', 'B'])
  })

  it('after ours, by another: eachMessage(fn) still finds its batch', async () => {
    const { base, context } = rig()
    const replacer = {
      before(request: Request) {
        request.event = { Records: [] }
      },
    }
    const ran: string[] = []
    const each = eachMessage<string>((message) => {
      ran.push(message.body)
    })
    const handler = compose([idempotentBatch(base), replacer], each)
    expect(reported(await handler(standard('A'), context()))).toEqual([])
    expect(ran).toEqual(['A'])
  })

  it('after ours, by another: eachMessage(event, fn) says what is wrong, and nothing is acknowledged or released', async () => {
    const { base, context, store } = rig()
    const replacer = {
      before(request: Request) {
        request.event = { Records: [] }
      },
    }
    const handler = compose([idempotentBatch(base), replacer], (event) => eachMessage(event, () => {}))
    await expect(handler(standard('A'), context())).rejects.toMatchObject({
      code: 'CONFIG',
      message: expect.stringContaining('idempotentBatch'),
    })
    expect(store.settlements).toEqual([])
  })
})

describe.each(MIDDYS)('%s: next to a middleware that changes the response', (_name, compose) => {
  it('inside ours: the answer is ours, from what was settled', async () => {
    const { base, context } = rig()
    const replacer = {
      after(request: Request) {
        request.response = { statusCode: 200 }
      },
    }
    const each = eachMessage<string>((message) => {
      if (message.body === 'B') throw new Error('declined')
    })
    const handler = compose([idempotentBatch(base), replacer], each)
    expect(await handler(standard('A', 'B'), context())).toEqual({
      batchItemFailures: [{ itemIdentifier: 'B' }],
    })
  })

  it('inside ours, in place: the answer is ours all the same', async () => {
    const { base, context } = rig()
    const vandal = {
      after(request: Request) {
        // The shape of our answer, which another middleware may change.
        const response = request.response as SqsBatchResponse
        response.batchItemFailures.length = 0
      },
    }
    const each = eachMessage<string>(() => {
      throw new Error('declined')
    })
    const handler = compose([idempotentBatch(base), vandal], each)
    expect(reported(await handler(standard('A'), context()))).toEqual(['A'])
  })

  it('around ours: what it makes of our answer leaves with all that is not acknowledged', async () => {
    const { base, context } = rig()
    const wrapper = {
      after(request: Request) {
        request.response = { wrapped: request.response }
      },
    }
    const handler = compose(
      [wrapper, idempotentBatch(base)],
      eachMessage(() => {}),
    )
    expect(await handler(standard('A'), context())).toEqual({
      wrapped: { batchItemFailures: [] },
      batchItemFailures: [],
    })
  })
})

describe.each(MIDDYS)('%s: early timeout while a handler is running', (_name, compose) => {
  /** A batch of two, one at a time, ended early 20 ms after its start by Middy's own timer. */
  async function timedOut(options: { timeoutEarlyResponse?: () => unknown } = {}) {
    const made = rig()
    const gates = new Gates()
    const signals: AbortSignal[] = []
    const each = eachMessage<string>((message, claim) => {
      signals.push(claim.signal)
      return gates.handler(message)
    })
    const handler = compose([idempotentBatch({ ...made.base, concurrency: 1 })], each, {
      timeoutEarlyInMillis: 9_980,
      ...options,
    })
    const error: unknown = await handler(standard('A', 'B'), made.context(10_000)).catch((thrown) => thrown)
    return { ...made, gates, signals, error }
  }

  it('the whole batch returns; what runs is neither released nor acknowledged, what does not is given back; the signal aborts', async () => {
    const { store, error, signals, gates } = await timedOut()
    expect(error).toMatchObject({ name: 'TimeoutError' })
    expect(store.settled('give-back')).toEqual(['B'])
    expect(store.settlements).toHaveLength(1)
    expect(signals.map((signal) => signal.aborted)).toEqual([true])
    expect(gates.begun).toEqual(['A'])
  })

  it.each(['success', 'failure'])('a handler that settles later causes no store call: %s', async (how) => {
    const { store, gates, notices, clock } = await timedOut()
    if (how === 'success') gates.succeed('A')
    else gates.fail('A')
    await clock.advance(30_000)
    expect(store.settlements.map(({ kind }) => kind)).toEqual(['give-back'])
    expect(notices()).toContain('late-settlement')
  })

  it('what was handed over is told as unsettled, for its effect may have happened; the rest as not started', async () => {
    const { outcomes, events } = await timedOut()
    expect(outcomes()).toEqual({ A: 'unsettled', B: 'not-started' })
    expect(events.at(-1)).toMatchObject({ kind: 'batch', counts: { unsettled: 1, notStarted: 1 } })
  })

  it('what was handled, but is not confirmed as completed yet, is told as unknown', async () => {
    const { base, store, context, outcomes } = rig()
    store.settleScript = () => new Promise<never>(() => {})
    const handler = compose(
      [idempotentBatch(base)],
      eachMessage(() => {}),
      { timeoutEarlyInMillis: 9_980 },
    )
    await expect(handler(standard('A'), context(10_000))).rejects.toMatchObject({ name: 'TimeoutError' })
    expect(outcomes()).toEqual({ A: 'unknown-completion' })
  })

  it('no timer is left behind, though the time is not over yet', async () => {
    const { clock } = await timedOut()
    expect(clock.waiting).toBe(0)
  })

  it('nothing starts afterwards', async () => {
    const { gates, clock } = await timedOut()
    gates.succeed('A')
    await clock.advance(30_000)
    expect(gates.begun).toEqual(['A'])
    expect(clock.waiting).toBe(0)
  })

  it('an early response of the user’s own acknowledges nothing', async () => {
    const { error, store } = await timedOut({ timeoutEarlyResponse: () => ({ batchItemFailures: [] }) })
    expect(error).toMatchObject({ code: 'CONFIG', message: expect.stringContaining('early timeout') })
    expect(store.settlements.map(({ kind }) => kind)).toEqual(['give-back'])
  })
})

describe.each(MIDDYS)(
  '%s: a handler that throws while its messages run, and nobody knows the end',
  (_name, compose) => {
    it('aborts the signals of its messages', async () => {
      const { base } = rig()
      const aborted: string[] = []
      const handler = compose([idempotentBatch(base)], async (event: never) => {
        void eachMessage<string>(event, (message, claim) => {
          claim.signal.addEventListener('abort', () => aborted.push(message.messageId))
          return new Promise<never>(() => {})
        })
        throw new Error('lost the database')
      })
      await expect(handler(standard('A', 'B'), {})).rejects.toThrow('lost the database')
      expect(aborted).toEqual(['A', 'B'])
    })
  },
)

describe.each(MIDDYS)('%s: eachMessage without idempotentBatch', (_name, compose) => {
  it('throws and says what is missing', async () => {
    const { context } = rig()
    for (const each of [eachMessage(() => {}), (event: never) => eachMessage(event, () => {})]) {
      await expect(compose([], each)(standard('A'), context())).rejects.toMatchObject({
        code: 'CONFIG',
        message: expect.stringContaining('.use(idempotentBatch('),
      })
    }
  })
})

describe.each(MIDDYS)('%s: eachMessage twice for one batch', (_name, compose) => {
  it('throws instead of running the messages again; nothing is acknowledged', async () => {
    const { base, context } = rig()
    const ran: string[] = []
    const handler = compose([idempotentBatch(base)], async (event: never) => {
      const run = () =>
        eachMessage<string>(event, (message) => {
          ran.push(message.body)
        })
      await run()
      return run()
    })
    await expect(handler(standard('A'), context())).rejects.toMatchObject({
      code: 'CONFIG',
      message: expect.stringContaining('twice'),
    })
    expect(ran).toEqual(['A'])
  })
})
