import middy from '@middy/core'
import { describe, expect, it, test } from 'vitest'
import { eachMessage, idempotentBatch, type Message, sqsHandler } from '../../src/index.ts'
import { type CrashTestSandbox, crashTest } from '../../src/testing/index.ts'

const messages = [{ body: 'one' }, { body: 'two' }, { body: 'three' }]
const quiet = { namespace: 'test', observer: false, logger: false } as const

describe('a handler built with oncekit', () => {
  it('loses nothing wherever it crashes, and repeats an effect only before its completion is known', async () => {
    const report = await crashTest({
      messages,
      handler: ({ store, runtime, effect }) =>
        sqsHandler({ store, runtime, ...quiet }, (message) => effect(message.messageId)),
    })
    // One claim and three completions, before and after each; and the run without a crash.
    expect(report.runs).toHaveLength(1 + 2 * 4)
    expect(report.runs[0]).toEqual({
      crash: undefined,
      deliveries: 1,
      effects: { 'message-1': 1, 'message-2': 1, 'message-3': 1 },
    })
    for (const { crash, deliveries, effects } of report.runs) {
      if (crash === undefined) continue
      expect(deliveries).toBe(2)
      // Nothing has happened yet when a claim dies: every effect is there exactly once.
      if (crash.operation === 'claim') expect(Object.values(effects)).toEqual([1, 1, 1])
    }
    expect(report.repeated.length).toBeGreaterThan(0)
    expect(report.repeated.every(({ crash, times }) => crash.operation === 'settle' && times === 2)).toBe(
      true,
    )
  })

  it('in order, one at a time: a landed completion is never repeated', async () => {
    const report = await crashTest({
      messages,
      handler: ({ store, runtime, effect }) =>
        sqsHandler({ store, runtime, ...quiet, concurrency: 1 }, (message) => effect(message.messageId)),
    })
    for (const { effect, crash } of report.repeated) {
      if (crash.when === 'after') expect(effect).not.toBe(`message-${crash.call - 1}`)
    }
    const before = report.repeated.filter(({ crash }) => crash.when === 'before')
    expect(before.some(({ effect, crash }) => effect === `message-${crash.call - 1}`)).toBe(true)
  })

  it('as a Middy middleware', async () => {
    const report = await crashTest({
      messages,
      handler: ({ store, runtime, effect }) =>
        middy()
          .use(idempotentBatch({ store, runtime, ...quiet }))
          .handler(eachMessage((message: Message) => effect(message.messageId))) as never,
    })
    expect(report.runs).toHaveLength(9)
  })

  it('with two messages of one key: one effect, by its own name', async () => {
    const report = await crashTest({
      messages,
      expected: ['same'],
      handler: ({ store, runtime, effect }) =>
        sqsHandler({ store, runtime, ...quiet, key: () => 'same', fingerprint: false }, (message) =>
          effect(message.key),
        ),
    })
    expect(report.runs[0]?.effects).toEqual({ same: 1 })
  })

  it('that fails at first and then succeeds', async () => {
    const failed = new Set<string>()
    const report = await crashTest({
      messages,
      handler: ({ store, runtime, effect }) =>
        sqsHandler({ store, runtime, ...quiet }, async ({ messageId, receiveCount }) => {
          if (receiveCount === 1) throw new Error('not yet')
          failed.add(messageId)
          await effect(messageId)
        }),
    })
    expect(failed.size).toBe(3)
    expect(report.runs[0]?.deliveries).toBe(2)
  })
})

describe('a crashed process', () => {
  it('sends nothing more: what its other messages had done and not recorded is repeated', async () => {
    const { runs } = await crashTest({
      messages,
      handler: ({ store, runtime, effect }) =>
        sqsHandler({ store, runtime, ...quiet }, (message) => effect(message.messageId)),
    })
    const effectsAt = (call: number, when: string) =>
      Object.values(runs.find(({ crash }) => crash?.call === call && crash.when === when)?.effects ?? {})
    // Call 1 claims all three; calls 2 to 4 complete one each, all in one turn.
    expect(effectsAt(2, 'before')).toEqual([2, 2, 2])
    // By the time the first has landed the other two are on their way: they land, and their answers are lost.
    expect(effectsAt(2, 'after')).toEqual([1, 1, 1])
    expect(effectsAt(4, 'after')).toEqual([1, 1, 1])
  })

  it('does not go on from an answer that came with its death', async () => {
    const started: number[] = []
    await crashTest({
      messages,
      handler({ store, runtime, effect }) {
        const sandbox = started.push(0) - 1
        return sqsHandler({ store, runtime, ...quiet }, (message) => {
          started[sandbox] = (started[sandbox] ?? 0) + 1
          return effect(message.messageId)
        })
      },
    })
    // Without a crash; before the claim and again; after the claim and again.
    expect(started.slice(0, 5)).toEqual([3, 0, 3, 0, 3])
  })

  it('has no effect later on: what was under way ends with it', async () => {
    const { runs } = await crashTest({
      messages,
      handler: ({ store, runtime, effect }) =>
        sqsHandler({ store, runtime, ...quiet }, async ({ messageId }) => {
          // Still at work when the first completion kills the process, and for as long as its redelivery takes.
          if (messageId === 'message-2') await new Promise((resolve) => setTimeout(resolve, 20))
          await effect(messageId)
        }),
    })
    const atFirstCompletion = runs.filter(({ crash }) => crash?.call === 2)
    expect(atFirstCompletion.map(({ effects }) => effects['message-2'])).toEqual([1, 1])
  })
})

describe('a handler that is wrong is found', () => {
  /** Claims before the effect and never gives the claim back: the classic way to lose a message. */
  const claimsThenSkips = ({ store, runtime, effect }: CrashTestSandbox) => {
    return async ({ Records }: { Records: { messageId: string }[] }) => {
      for (const { messageId } of Records) {
        const [outcome] = await store.claim(
          [askFor(messageId, runtime.now(), runtime.token())],
          callOf(runtime),
        )
        if (outcome?.kind === 'claimed') await effect(messageId)
      }
      return { batchItemFailures: [] }
    }
  }

  it('one that takes a claimed message for a done one loses it', async () => {
    const bad = crashTest({ messages, handler: claimsThenSkips })
    await expect(bad).rejects.toThrow(
      /crashTest, with a crash after call 1 of the store \(claim\) had landed: LOST message-1\. All 3 messages left the queue in 2 deliveries/,
    )
  })

  it('one that acknowledges without the effect', async () => {
    const bad = crashTest({ messages, handler: () => async () => undefined })
    await expect(bad).rejects.toThrow('crashTest, without any crash: LOST message-1, message-2, message-3.')
  })

  it('one that never acknowledges', async () => {
    const bad = crashTest({
      messages: ['one'],
      maxDeliveries: 3,
      handler:
        ({ effect }) =>
        async () => {
          await effect('message-1')
          throw new TypeError('broken')
        },
    })
    await expect(bad).rejects.toThrow(
      'message-1 was not acknowledged in 3 deliveries (last: the function threw: TypeError: broken)',
    )
  })

  it('one that repeats without a crash', async () => {
    const bad = crashTest({
      messages: ['one'],
      handler:
        ({ effect }) =>
        async () => {
          await effect('message-1')
          await effect('message-1')
        },
    })
    await expect(bad).rejects.toThrow('without any crash: REPEATED message-1 2 times, more than 1')
  })

  it('one that waits for ever', async () => {
    const bad = crashTest({ messages: ['one'], timeoutMs: 50, handler: () => () => new Promise(() => {}) })
    await expect(bad).rejects.toThrow('neither ended nor crashed within 50 ms')
  })
})

test('no messages, or two with one id, is a mistake in the test', async () => {
  const handler = () => async () => undefined
  await expect(crashTest({ messages: [], handler })).rejects.toMatchObject({ code: 'CONFIG' })
  const twice = [
    { body: 'a', messageId: 'm' },
    { body: 'b', messageId: 'm' },
  ]
  await expect(crashTest({ messages: twice, handler })).rejects.toThrow('different ids, got [m, m]')
})

function askFor(id: string, now: number, owner: string) {
  const unknown = { fingerprint: undefined, sentAt: undefined, messageId: undefined, receiveCount: undefined }
  return { id, owner, leaseUntil: now + 1e9, expiresAt: now + 2e9, redelivered: false, ...unknown }
}

function callOf(runtime: CrashTestSandbox['runtime']) {
  return { deadline: runtime.monotonic() + 1_000, marginMs: 2_000, clockErrorMs: 1_000 }
}
