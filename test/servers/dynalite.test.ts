import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type IdempotencyRecord,
  type MessageEvent,
  PermanentError,
  recordId,
  sqsHandler,
} from '../../src/index.ts'
import { type SqsEventMessage, sqsEvent } from '../../src/testing/index.ts'
import { type LocalTable, startDynaliteTable } from '../store/local-table.ts'
import { localEnvironment } from './clients.ts'

// The handler's flows on a server of other authors, which refuses the batch form: nothing is set but the table, the
// namespace and who listens.

const environment = { ...process.env }
let local: LocalTable
let names = 0

beforeAll(async () => {
  local = await startDynaliteTable()
  Object.assign(process.env, localEnvironment({ dynamodb: local.endpoint }))
})
afterAll(async () => {
  process.env = environment
  await local.stop()
})

/** A function of its own, and what came of its messages. */
function fn(work: (body: string) => unknown = () => undefined, options: { maxAttempts?: number } = {}) {
  names += 1
  const namespace = `flow-${names}`
  const ran: string[] = []
  const outcomes = new Map<string, string>()
  const handler = sqsHandler(
    {
      ...{ table: local.table, namespace, ttl: '1d', logger: false, ...options },
      key: ({ body }) => JSON.parse(body).key,
      observer(event) {
        const { messageId, outcome }: Partial<MessageEvent> = event.kind === 'message' ? event : {}
        if (messageId !== undefined && outcome !== undefined) outcomes.set(messageId, outcome)
      },
    },
    ({ body }) => {
      ran.push(JSON.parse(body).key)
      return work(JSON.parse(body).key)
    },
  )
  return {
    ran,
    outcomes: () => [...outcomes.values()],
    record: (key: string) => local.get(recordId(namespace, key)),
    async change(key: string, changes: Partial<IdempotencyRecord>) {
      const record = await local.get(recordId(namespace, key))
      if (record === undefined) throw new Error(`no record of ${key}`)
      await local.put({ ...record, ...changes })
    },
    /** Keys of the messages that are reported, in the event's order. */
    async deliver(event: ReturnType<typeof sqsEvent>) {
      const end = performance.now() + 20_000
      const { batchItemFailures } = await handler(event, {
        getRemainingTimeInMillis: () => end - performance.now(),
      })
      const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier))
      return event.Records.filter(({ messageId }) => failed.has(messageId)).map(
        ({ body }) => JSON.parse(body).key,
      )
    },
  }
}

function message(key: string, changes: Partial<SqsEventMessage> = {}): SqsEventMessage {
  return { body: { key }, ...changes }
}

const keys = (count: number) => Array.from({ length: count }, (_, index) => `k${index}`)
const past = Date.now() - 60_000

describe('on dynalite, with nothing set', () => {
  test('fresh messages run, and their records are completed', async () => {
    const one = fn()
    expect(await one.deliver(sqsEvent(keys(12).map((key) => message(key))))).toEqual([])
    expect(one.ran.sort()).toEqual(keys(12).sort())
    for (const key of keys(12)) {
      expect(await one.record(key)).toMatchObject({ status: 'COMPLETED', leaseUntil: undefined, attempts: 1 })
    }
  })

  test.each([1, 2])(
    'duplicates are acknowledged and do not run, at receive count %i',
    async (receiveCount) => {
      const one = fn()
      await one.deliver(sqsEvent(keys(5).map((key) => message(key))))
      const again = sqsEvent(keys(5).map((key) => message(key, { receiveCount })))
      expect(await one.deliver(again)).toEqual([])
      expect(one.ran).toHaveLength(5)
      expect(one.outcomes().slice(5)).toEqual(Array(5).fill('duplicate'))
    },
  )

  test('two messages with one key in one batch run once', async () => {
    const one = fn()
    expect(await one.deliver(sqsEvent([message('same'), message('same'), message('other')]))).toEqual([])
    expect(one.ran.sort()).toEqual(['other', 'same'])
  })

  test('a failed message is reported, runs again and counts its attempts; its neighbours do not', async () => {
    let broken = true
    const one = fn((key) => {
      if (key === 'k1' && broken) throw new TypeError('declined')
    })
    const event = sqsEvent(keys(3).map((key) => message(key)))
    expect(await one.deliver(event)).toEqual(['k1'])
    expect(await one.record('k1')).toMatchObject({ status: 'FAILED', failure: 'TypeError', attempts: 1 })
    broken = false
    expect(await one.deliver(sqsEvent([message('k1', { receiveCount: 2 })]))).toEqual([])
    expect(await one.record('k1')).toMatchObject({ status: 'COMPLETED', attempts: 2 })
    expect(one.ran.sort()).toEqual(['k0', 'k1', 'k1', 'k2'])
  })

  test.each([1, 3])('%i stuck at once: taken over', async (count) => {
    const one = fn()
    await one.deliver(sqsEvent(keys(count).map((key) => message(key))))
    for (const key of keys(count)) {
      await one.change(key, { status: 'IN_PROGRESS', leaseUntil: past, owner: 'dead' })
    }
    const again = sqsEvent(keys(count).map((key) => message(key, { receiveCount: 2 })))
    expect(await one.deliver(again)).toEqual([])
    expect(one.ran).toHaveLength(2 * count)
    for (const key of keys(count)) {
      expect(await one.record(key)).toMatchObject({ status: 'COMPLETED', attempts: 2 })
    }
  })

  test('stuck, and claimed as often as allowed: given up, not run', async () => {
    const one = fn(undefined, { maxAttempts: 2 })
    await one.deliver(sqsEvent(keys(2).map((key) => message(key))))
    for (const key of keys(2)) {
      await one.change(key, { status: 'IN_PROGRESS', leaseUntil: past, owner: 'dead', attempts: 2 })
    }
    const again = sqsEvent(keys(2).map((key) => message(key, { receiveCount: 2 })))
    expect(await one.deliver(again)).toEqual(keys(2))
    expect(one.ran).toHaveLength(2)
    expect(await one.record('k0')).toMatchObject({ status: 'POISONED', failure: 'AttemptsExhausted' })
  })

  test('held by a live lease: reported, not run, not changed', async () => {
    const one = fn()
    await one.deliver(sqsEvent(keys(2).map((key) => message(key))))
    const held = { status: 'IN_PROGRESS', leaseUntil: Date.now() + 600_000, owner: 'alive' }
    for (const key of keys(2)) await one.change(key, held)
    expect(await one.deliver(sqsEvent(keys(2).map((key) => message(key))))).toEqual(keys(2))
    expect(one.ran).toHaveLength(2)
    expect(await one.record('k1')).toMatchObject(held)
  })

  test('another payload under one key is reported and does not run', async () => {
    const one = fn()
    await one.deliver(sqsEvent([message('k0')]))
    const other = sqsEvent([{ body: { key: 'k0', amount: 2 } }, message('k1')])
    expect(await one.deliver(other)).toEqual(['k0'])
    expect(one.ran).toEqual(['k0', 'k1'])
  })

  test('a permanent error gives up; sent again later it runs', async () => {
    let broken = true
    const one = fn(() => {
      if (broken) throw new PermanentError('never')
    })
    expect(await one.deliver(sqsEvent([message('k0')]))).toEqual(['k0'])
    expect(await one.record('k0')).toMatchObject({ status: 'POISONED' })
    expect(await one.deliver(sqsEvent([message('k0', { receiveCount: 2 })]))).toEqual(['k0'])
    broken = false
    expect(await one.deliver(sqsEvent([message('k0', { sentAt: Date.now() + 60_000 })]))).toEqual([])
    expect(one.ran).toHaveLength(2)
  })

  test('FIFO: nothing of a group runs after what failed; what never ran is given back, the other group runs', async () => {
    const one = fn((key) => {
      if (key === 'a1') throw new TypeError('declined')
    })
    const groups = ['a0', 'b0', 'a1', 'b1', 'a2'].map((key) => message(key, { groupId: key.slice(0, 1) }))
    expect(await one.deliver(sqsEvent(groups, { fifo: true }))).toEqual(['a1', 'a2'])
    expect(one.ran.filter((key) => key.startsWith('a'))).toEqual(['a0', 'a1'])
    expect(one.ran.filter((key) => key.startsWith('b'))).toEqual(['b0', 'b1'])
    const record = await one.record('a2')
    expect([undefined, 'FAILED']).toContain(record?.status)
    expect(record?.attempts ?? 0).toBe(0)
  })

  test('concurrent deliveries of one batch: every effect once', async () => {
    const one = fn()
    const event = sqsEvent(keys(6).map((key) => message(key)))
    await Promise.all([one.deliver(event), one.deliver(event), one.deliver(event)])
    expect(one.ran.sort()).toEqual(keys(6))
  })
})
