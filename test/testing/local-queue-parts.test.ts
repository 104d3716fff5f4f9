import { setTimeout as sleep } from 'node:timers/promises'
import * as sqs from '@aws-sdk/client-sqs'
import { describe, expect, test } from 'vitest'
import type { SqsRecord } from '../../src/protocol/sqs-record.ts'
import { sqsEvent } from '../../src/testing/index.ts'
import { BatchReader } from '../../src/testing/local-queue/batch-reader.ts'
import { functionInvoker } from '../../src/testing/local-queue/function-invoker.ts'
import { GroupLocks } from '../../src/testing/local-queue/group-locks.ts'
import { QueueCalls } from '../../src/testing/local-queue/queue-calls.ts'
import { toRecord } from '../../src/testing/local-queue/to-record.ts'

interface Sent {
  readonly name: string
  readonly input: { readonly Entries: readonly { readonly Id: string; readonly ReceiptHandle: string }[] }
}

/** A client that answers with `answer` and keeps what it was sent. */
function client(answer: (sent: Sent) => unknown) {
  const sent: Sent[] = []
  return {
    sent,
    async send(command: { constructor: { name: string }; input: Sent['input'] }) {
      const one = { name: command.constructor.name, input: command.input }
      sent.push(one)
      return answer(one)
    },
  }
}

const { Records: records } = sqsEvent(
  Array.from({ length: 23 }, (_, index) => ({ body: index, messageId: 'same' })),
)

describe('calls on the queue', () => {
  test('longer lists go in chunks of ten, told apart by position, not by message id', async () => {
    const fake = client(() => ({ Failed: [] }))
    expect(await new QueueCalls(sqs, fake, 'url').delete(records)).toBe(0)
    expect(fake.sent.map(({ input }) => input.Entries.length)).toEqual([10, 10, 3])
    for (const { input } of fake.sent)
      expect(new Set(input.Entries.map(({ Id }) => Id)).size).toBe(input.Entries.length)
  })

  test('only what a batch call reports as failed is deleted again, a bounded number of times', async () => {
    const fake = client(({ input }) => ({ Failed: input.Entries.length > 1 ? [{ Id: '2' }] : [{ Id: '0' }] }))
    const distinct = sqsEvent(['1', '2', '3'].map((body) => ({ body, messageId: `message-${body}` }))).Records
    expect(await new QueueCalls(sqs, fake, 'url').delete(distinct)).toBe(1)
    expect(fake.sent.map(({ input }) => input.Entries.map(({ ReceiptHandle }) => ReceiptHandle))).toEqual([
      ['message-1-receipt-1', 'message-2-receipt-1', 'message-3-receipt-1'],
      ['message-3-receipt-1'],
      ['message-3-receipt-1'],
    ])
  })
})

describe('a batch', () => {
  function reader(batches: SqsRecord[][], options: { windowMs?: number; stopping?: () => boolean } = {}) {
    const calls = { receive: async () => batches.shift() ?? [] }
    return new BatchReader({
      // Only `receive` is used.
      calls: calls as unknown as QueueCalls,
      queueArn: 'arn',
      batchSize: 10_000,
      windowMs: 30,
      stopping: () => false,
      ...options,
    })
  }

  test('is not larger than an event of 6 MB; what does not fit opens the next one', async () => {
    const big = sqsEvent(
      Array.from({ length: 10 }, (_, index) => ({ body: 'x'.repeat(1_000_000), messageId: `m${index}` })),
    )
    const batches = reader([big.Records])
    const first = await batches.next()
    expect(first).toHaveLength(6)
    expect(batches.leftOver()).toHaveLength(4)
    const second = await batches.next()
    expect([...first, ...second].map(({ messageId }) => messageId)).toEqual(
      big.Records.map(({ messageId }) => messageId),
    )
    expect(batches.leftOver()).toEqual([])
  })

  test('keeps its order: a small message behind one that does not fit waits with it', async () => {
    const bodies = [...Array.from({ length: 7 }, () => 'x'.repeat(1_000_000)), 'small']
    const { Records } = sqsEvent(bodies)
    const batches = reader([Records])
    expect(await batches.next()).toHaveLength(6)
    expect((await batches.next()).map(({ messageId }) => messageId)).toEqual(
      Records.slice(6).map(({ messageId }) => messageId),
    )
  })

  test('a single message beyond the limit still goes', async () => {
    const { Records } = sqsEvent(['y'.repeat(7_000_000)])
    expect(await reader([Records]).next()).toHaveLength(1)
  })

  test('gathers from several receives inside its window', async () => {
    const parts = sqsEvent(['a', 'b', 'c']).Records.map((record) => [record])
    const whole = reader(parts, { windowMs: 60_000, stopping: () => parts.length === 0 })
    expect(await whole.next()).toHaveLength(3)
  })

  test('goes without more messages when its window ends', async () => {
    expect(await reader([sqsEvent(['a']).Records]).next()).toHaveLength(1)
  })
})

describe('FIFO groups', () => {
  test('work on one group waits for the other work on it; other groups go on', async () => {
    const locks = new GroupLocks()
    const order: string[] = []
    const of = (group: string) => sqsEvent([{ body: '', groupId: group }], { fifo: true }).Records
    const gate = Promise.withResolvers<void>()
    const first = locks.hold(of('a'), async () => {
      order.push('a1 begins')
      await gate.promise
      order.push('a1 ends')
    })
    const second = locks.hold([...of('a'), ...of('b')], async () => order.push('a2'))
    await locks.hold(of('c'), async () => order.push('c'))
    await sleep(5)
    expect(order).toEqual(['a1 begins', 'c'])
    gate.resolve()
    await Promise.all([first, second])
    expect(order).toEqual(['a1 begins', 'c', 'a1 ends', 'a2'])
  })

  test('a group is free again after work that failed', async () => {
    const locks = new GroupLocks()
    const { Records } = sqsEvent(['x'], { fifo: true })
    await expect(locks.hold(Records, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await locks.hold(Records, async () => 'yes')).toBe('yes')
  })
})

describe('a record', () => {
  test('carries attributes as Lambda names them, bytes as base64', () => {
    const record = toRecord(
      {
        MessageId: 'm',
        Attributes: { ApproximateReceiveCount: '4', MessageGroupId: 'g' },
        MessageAttributes: {
          text: { DataType: 'String', StringValue: 's' },
          blob: { DataType: 'Binary', BinaryValue: new Uint8Array([255, 0]) },
        },
      },
      'arn:aws:sqs:eu-central-1:000000000000:queue',
    )
    expect(record).toMatchObject({
      messageId: 'm',
      awsRegion: 'eu-central-1',
      attributes: { ApproximateReceiveCount: '4', MessageGroupId: 'g' },
      messageAttributes: {
        text: { stringValue: 's', dataType: 'String' },
        blob: { binaryValue: '/wA=', dataType: 'Binary' },
      },
    })
  })
})

describe('a handler in this process', () => {
  test('gets a copy of the event and a context that counts down', async () => {
    const seen: number[] = []
    const event = sqsEvent(['original'])
    const invoker = functionInvoker({
      timeoutMs: 5_000,
      functionName: 'charge',
      handler(given: typeof event, context: { functionName: string; getRemainingTimeInMillis(): number }) {
        if (given.Records[0]) given.Records[0].body = 'changed'
        seen.push(context.getRemainingTimeInMillis())
        return context.functionName
      },
    })
    expect(await invoker.invoke(event, 'r')).toEqual({ kind: 'returned', payload: '"charge"' })
    expect(event.Records[0]?.body).toBe('original')
    expect(seen[0]).toBeGreaterThan(0)
    expect(seen[0]).toBeLessThanOrEqual(5_000)
  })

  test('a throw, also a synchronous one, and an unserialisable result are function errors', async () => {
    const outcome = (handler: () => unknown) => functionInvoker({ handler }).invoke(sqsEvent(['x']), 'r')
    const thrown = { kind: 'failed', reason: 'threw' }
    expect(await outcome(() => Promise.reject(new Error('late')))).toMatchObject(thrown)
    expect(
      await outcome(() => {
        throw new Error('early')
      }),
    ).toMatchObject(thrown)
    expect(await outcome(() => 1n)).toMatchObject(thrown)
    expect(await outcome(() => undefined)).toEqual({ kind: 'returned', payload: 'null' })
  })
})
