import { describe, expect, it } from 'vitest'
import { sqsHandler } from '../../../src/lambda/sqs-handler.ts'
import { memoryStore } from '../../../src/store/memory/memory-store.ts'
import { manualClock } from '../../../src/testing/manual-clock.ts'
import { sqsEvent } from '../../../src/testing/sqs-event.ts'
import { reported, rigWith, settled, standard } from '../../engine/rig.ts'
import { STALE_MS, world } from './sandboxes.ts'

const REPORTED = { batchItemFailures: [{ itemIdentifier: 'A' }] }
const ACKNOWLEDGED = { batchItemFailures: [] }

function memoryRig() {
  const clock = manualClock()
  return rigWith(memoryStore({ runtime: clock }), clock)
}

describe('redelivery', () => {
  it('the same message twice in one batch: one effect, acknowledged once for both', async () => {
    const { base, context, store } = memoryRig()
    let effects = 0
    const handler = sqsHandler(base, () => {
      effects++
    })
    expect(reported(await handler(standard('A', 'A', 'A'), context()))).toEqual([])
    expect(effects).toBe(1)
    expect(store.records()).toHaveLength(1)
  })

  it('two messages with one key: one effect, whether they come together or one after the other', async () => {
    const { base, context } = memoryRig()
    const effects: string[] = []
    const handler = sqsHandler({ ...base, key: (m) => m.body }, (message) => {
      effects.push(message.messageId)
    })
    const sent = (messageId: string) => ({ messageId, body: 'order-1' })
    await handler(sqsEvent([sent('A'), sent('B')]), context())
    expect(reported(await handler(sqsEvent([sent('C')]), context()))).toEqual([])
    expect(effects).toEqual(['A'])
  })

  it('two messages with one key by the message attribute, which survives a repeated send', async () => {
    const { base, context } = memoryRig()
    const effects: string[] = []
    const handler = sqsHandler(base, (message) => {
      effects.push(`${message.messageId} ${message.key}`)
    })
    const sent = (messageId: string) => ({
      messageId,
      body: 'x',
      attributes: { 'idempotency-key': 'order-1' },
    })
    await handler(sqsEvent([sent('A')]), context())
    await handler(sqsEvent([sent('B')]), context())
    expect(effects).toEqual(['A order-1'])
  })

  it('concurrent redelivery: exactly one runs, the others are busy and come back', async () => {
    const { sandbox, effects } = world()
    const gate = Promise.withResolvers<void>()
    const others = Array.from({ length: 8 }, (_, index) => sandbox(`s${index}`, { work: () => gate.promise }))
    const responses = others.map((one) => one.deliver(2))
    await settled()
    expect(effects).toHaveLength(1)
    gate.resolve()
    const answers = await Promise.all(responses)
    expect(answers.filter(({ batchItemFailures }) => batchItemFailures.length === 0)).toHaveLength(1)
    expect(others.filter((one) => one.outcome() === 'busy')).toHaveLength(7)
  })

  it('concurrent redelivery of a stuck message: exactly one takes over', async () => {
    const { sandbox, effects, clock } = world()
    void sandbox('dead', { dies: 'after claim' }).deliver()
    await clock.advance(STALE_MS)
    const others = Array.from({ length: 8 }, (_, index) => sandbox(`s${index}`))
    const answers = await Promise.all(others.map((one) => one.deliver(2)))
    expect(effects).toHaveLength(1)
    // Whoever lost the race is busy, or came after the completion.
    expect(answers.some(({ batchItemFailures }) => batchItemFailures.length === 0)).toBe(true)
  })

  it('redelivery after the window: runs again, as if new', async () => {
    const { sandbox, store, effects, clock } = world()
    await sandbox('first', { ttl: '1h' }).deliver()
    await clock.advance(3_601_000)
    // Inside the margin the window still counts: clocks may differ by that much.
    expect(await sandbox('early', { ttl: '1h' }).deliver(2)).toEqual(ACKNOWLEDGED)
    await clock.advance(1_001)
    expect(await sandbox('late', { ttl: '1h' }).deliver(2)).toEqual(ACKNOWLEDGED)
    expect(effects).toEqual(['first', 'late'])
    expect(store.records()).toMatchObject([{ status: 'COMPLETED', attempts: 1 }])
  })

  it('same key, other payload: fails, runs nothing, and the record is untouched', async () => {
    const { base, context, store, outcomes } = memoryRig()
    let effects = 0
    const handler = sqsHandler({ ...base, key: () => 'order-1' }, () => {
      effects++
    })
    await handler(standard('A'), context())
    const before = store.records()
    expect(reported(await handler(standard('B'), context()))).toEqual(['B'])
    expect(outcomes()).toMatchObject({ B: 'mismatch' })
    expect(effects).toBe(1)
    expect(store.records()).toEqual(before)
  })

  it('same key, other payload: is not looked at with fingerprint: false, or outside the selected payload', async () => {
    const { base, context } = memoryRig()
    const effects: string[] = []
    const key = () => 'order-1'
    const run = (message: { body: string }) => {
      effects.push(message.body)
    }
    const off = sqsHandler({ ...base, key, fingerprint: false }, run)
    await off(standard('A'), context())
    expect(reported(await off(standard('B'), context()))).toEqual([])
    const selected = sqsHandler(
      { ...base, namespace: 'refund', key, fingerprint: (m) => m.body.slice(0, 1) },
      run,
    )
    await selected(standard('C1'), context())
    expect(reported(await selected(standard('C2'), context()))).toEqual([])
    expect(reported(await selected(standard('D'), context()))).toEqual(['D'])
    expect(effects).toEqual(['A', 'C1'])
  })
})

describe('fingerprint', () => {
  it.each([
    ['a promise', () => Promise.resolve('payload')],
    ['a BigInt', () => 10n],
    ['an error', () => Promise.reject(new Error('not today'))],
  ])(
    'selector that gives %s: that record alone fails, since all payloads would look the same',
    async (_name, give) => {
      const { base, context, outcomes } = memoryRig()
      const fingerprint = (message: { body: string }) => {
        if (message.body !== 'B') return message.body
        const given: unknown = give()
        // The rejection is the selector's own affair.
        if (given instanceof Promise) given.catch(() => {})
        return given
      }
      const handler = sqsHandler({ ...base, fingerprint }, () => {})
      expect(reported(await handler(standard('A', 'B'), context()))).toEqual(['B'])
      expect(outcomes()).toEqual({ A: 'completed', B: 'invalid' })
    },
  )
})

describe('key', () => {
  it.each([
    ['missing', undefined],
    ['null', null],
    ['empty', ''],
    ['an empty array', []],
    ['an array with an empty part', ['order', '']],
    ['NaN', Number.NaN],
    ['an object', {}],
    ['a promise', Promise.resolve('order')],
  ])('%s: that record alone fails with KEY_MISSING, nothing of it runs', async (_name, key) => {
    const { base, context, events, store, outcomes } = memoryRig()
    const ran: string[] = []
    // JavaScript callers are not held back by types.
    const select = (message: { body: string }) => (message.body === 'B' ? (key as never) : message.body)
    const handler = sqsHandler({ ...base, key: select }, (message) => {
      ran.push(message.messageId)
    })
    expect(reported(await handler(standard('A', 'B', 'C'), context()))).toEqual(['B'])
    expect(ran).toEqual(['A', 'C'])
    expect(outcomes()).toMatchObject({ B: 'key-missing' })
    expect(events).toContainEqual(
      expect.objectContaining({ messageId: 'B', error: expect.objectContaining({ code: 'KEY_MISSING' }) }),
    )
    expect(store.records()).toHaveLength(2)
  })

  it('selector that throws: found no key', async () => {
    const { base, context, outcomes } = memoryRig()
    const key = (message: { body: string }) =>
      (JSON.parse(message.body) as { order: { id: string } }).order.id
    const handler = sqsHandler({ ...base, key }, () => {})
    const event = sqsEvent([{ body: { order: { id: 'A' } } }, { body: {} }])
    expect(reported(await handler(event, context()))).toEqual(['message-2'])
    expect(outcomes()).toEqual({ 'message-1': 'completed', 'message-2': 'key-missing' })
  })

  it('an empty idempotency-key attribute: missing, never silently the message id', async () => {
    const { base, context, outcomes } = memoryRig()
    const event = sqsEvent([{ messageId: 'A', body: 'A', attributes: { 'idempotency-key': '' } }])
    expect(reported(await sqsHandler(base, () => {})(event, context()))).toEqual(['A'])
    expect(outcomes()).toEqual({ A: 'key-missing' })
  })

  it('`0` and `false` are keys like any other, and none is the same as its text', async () => {
    const { base, context, store } = memoryRig()
    const keys = [0, '0', false, 'false', ['0'], [0, 0], '00']
    let runs = 0
    const handler = sqsHandler({ ...base, key: (m) => keys[Number(m.body)] ?? '' }, () => {
      runs++
    })
    const event = standard(...keys.map((_key, index) => String(index)))
    expect(reported(await handler(event, context()))).toEqual([])
    expect(runs).toBe(keys.length)
    expect(reported(await handler(event, context()))).toEqual([])
    expect(runs).toBe(keys.length)
    expect(new Set(store.records().map(({ id }) => id)).size).toBe(keys.length)
  })
})

describe('a record', () => {
  it('that TTL deletes mid-run: the completion puts it again, and a redelivery is a duplicate', async () => {
    const { sandbox, store, effects } = world()
    const work = () => {
      for (const { id } of store.records()) store.delete(id)
    }
    expect(await sandbox('first', { work }).deliver()).toEqual(ACKNOWLEDGED)
    expect(store.records()).toMatchObject([{ status: 'COMPLETED' }])
    expect(await sandbox('next').deliver(2)).toEqual(ACKNOWLEDGED)
    expect(effects).toEqual(['first'])
  })

  it('that TTL deletes mid-run and another claims: lease lost, reported', async () => {
    const { sandbox, store } = world()
    const gate = Promise.withResolvers<void>()
    const other = sandbox('other', { work: () => gate.promise })
    let others: Promise<unknown> | undefined
    const first = sandbox('first', {
      work: async () => {
        for (const { id } of store.records()) store.delete(id)
        others = other.deliver(2)
        await settled()
      },
    })
    expect(await first.deliver()).toEqual(REPORTED)
    expect(first.outcome()).toBe('lease-lost')
    gate.resolve()
    expect(await others).toEqual(ACKNOWLEDGED)
  })

  it('that TTL deletes mid-run is not put back by a failure', async () => {
    const { sandbox, store } = world()
    const work = () => {
      for (const { id } of store.records()) store.delete(id)
      throw new Error('declined')
    }
    expect(await sandbox('first', { work }).deliver()).toEqual(REPORTED)
    expect(store.records()).toEqual([])
  })

  it.each([
    ['written by another version', { schemaVersion: 2 }],
    ['with an unknown status', { status: 'PAUSED' }],
  ])(
    '%s: held by somebody else; reported, never overwritten, even long after its window',
    async (_name, change) => {
      const { sandbox, store, effects, clock } = world()
      await sandbox('first').deliver()
      for (const record of store.records()) store.put({ ...record, ...change })
      const before = store.records()
      effects.length = 0
      const next = sandbox('next')
      expect(await next.deliver(2)).toEqual(REPORTED)
      await clock.advance(100 * 86_400_000)
      expect(await next.deliver(3)).toEqual(REPORTED)
      expect(next.outcome()).toBe('unknown-record')
      expect(effects).toEqual([])
      expect(store.records()).toEqual(before)
    },
  )

  it('in progress without a lease is never stolen', async () => {
    const { sandbox, store, effects, clock } = world()
    void sandbox('dead', { dies: 'after claim' }).deliver()
    await settled()
    for (const { leaseUntil: _, ...record } of store.records()) store.put(record)
    await clock.advance(86_400_000)
    expect(await sandbox('next').deliver(2)).toEqual(REPORTED)
    expect(effects).toEqual([])
  })

  it('of a handler that mutates its input completes under the key and fingerprint of what was delivered', async () => {
    const { base, context, store } = memoryRig()
    let runs = 0
    const handler = sqsHandler({ ...base, key: (m) => m.body }, (message) => {
      runs++
      Object.assign(message.record, { body: 'changed', messageId: 'changed' })
    })
    expect(reported(await handler(standard('A'), context()))).toEqual([])
    expect(reported(await handler(standard('A'), context()))).toEqual([])
    expect(runs).toBe(1)
    expect(store.records()).toHaveLength(1)
  })
})
