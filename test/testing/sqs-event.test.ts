import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { sqsHandler } from '../../src/index.ts'
import { memoryStore, sqsEvent } from '../../src/testing/index.ts'

describe('sqsEvent', () => {
  test('fills in what Lambda sends for a first delivery', () => {
    const { Records } = sqsEvent([{ body: { orderId: 'A-1' }, messageId: 'm' }], { now: 5_000 })
    expect(Records).toEqual([
      {
        messageId: 'm',
        receiptHandle: 'm-receipt-1',
        body: '{"orderId":"A-1"}',
        attributes: {
          ApproximateReceiveCount: '1',
          SentTimestamp: '4000',
          SenderId: '000000000000',
          ApproximateFirstReceiveTimestamp: '5000',
        },
        messageAttributes: {},
        md5OfBody: createHash('md5').update('{"orderId":"A-1"}').digest('hex'),
        eventSource: 'aws:sqs',
        eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:queue',
        awsRegion: 'us-east-1',
      },
    ])
  })

  test('takes bodies as strings, ids, receive counts, groups and times', () => {
    const { Records } = sqsEvent([
      'raw',
      { body: '{"raw":true}', messageId: 'm', receiveCount: 3, groupId: 'fair', sentAt: 7 },
    ])
    expect(Records.map(({ body }) => body)).toEqual(['raw', '{"raw":true}'])
    expect(Records[1]).toMatchObject({
      messageId: 'm',
      attributes: { ApproximateReceiveCount: '3', MessageGroupId: 'fair', SentTimestamp: '7' },
    })
  })

  test('writes message attributes by type', () => {
    const attributes = { 'idempotency-key': 'k', amount: 12.5, blob: new Uint8Array([1, 2]) }
    const { Records } = sqsEvent([{ body: '', attributes }])
    expect(Records[0]?.messageAttributes).toMatchObject({
      'idempotency-key': { stringValue: 'k', dataType: 'String' },
      amount: { stringValue: '12.5', dataType: 'Number' },
      blob: { binaryValue: 'AQI=', dataType: 'Binary' },
    })
  })

  test('a FIFO event has the ARN, groups, deduplication ids and growing sequence numbers', () => {
    const { Records } = sqsEvent([{ body: 1, groupId: 'a' }, { body: 2 }], { fifo: true })
    expect(Records.map(({ eventSourceARN }) => eventSourceARN.endsWith(':queue.fifo'))).toEqual([true, true])
    expect(Records.map(({ attributes }) => attributes.MessageGroupId)).toEqual(['a', 'group'])
    const [first = '', second = ''] = Records.map(({ attributes }) => attributes.SequenceNumber)
    expect(first < second).toBe(true)
    expect(Records[0]?.attributes.MessageDeduplicationId).toBe(Records[0]?.messageId)
    expect(sqsEvent(['x'], { queueName: 'orders.fifo' }).Records[0]?.attributes.MessageGroupId).toBe('group')
  })

  test('no two made-up messages of a process have one id, nor one sequence number, in whatever event they are', () => {
    const events = [
      sqsEvent(['a', 'b'], { fifo: true }),
      sqsEvent(['b'], { fifo: true }),
      sqsEvent(['a'], { fifo: true }),
    ]
    const records = events.flatMap(({ Records }) => Records)
    expect(new Set(records.map(({ messageId }) => messageId)).size).toBe(4)
    const numbers = records.map(({ attributes }) => attributes.SequenceNumber)
    expect(numbers).toEqual([...new Set(numbers)].sort())
    expect(sqsEvent([{ body: 'a', messageId: 'mine' }]).Records[0]?.messageId).toBe('mine')
  })

  test('a second event with another body is another message: it runs', async () => {
    const ran: string[] = []
    const handler = sqsHandler({ store: memoryStore(), namespace: 'test' }, (message) => {
      ran.push(message.body)
    })
    const first = sqsEvent(['a'])
    for (const event of [first, sqsEvent(['b']), first]) {
      expect(await handler(event, {})).toEqual({ batchItemFailures: [] })
    }
    expect(ran).toEqual(['a', 'b'])
  })

  test('a queue name that disagrees with fifo is refused', () => {
    expect(() => sqsEvent(['x'], { fifo: true, queueName: 'orders' })).toThrow('FIFO queues end in ".fifo"')
  })

  test.each<[unknown, string]>([
    ['order', 'the messages are "order". Allowed: a list of messages or of bodies'],
    [{ body: 'order' }, 'the messages are an object.'],
    [[{ orderId: 'A', cents: 5 }], 'message 1 has no body; it has orderId, cents. Give its text'],
    [['a', { body: undefined }], 'message 2 has no body; it has body.'],
    [[null], 'message 1 has no body. Give its text'],
    [[{ body: () => 1 }], 'message 1 has no body'],
  ])('what has no body is refused in words: %o', (messages, text) => {
    expect(() => sqsEvent(messages as never)).toThrow(`sqsEvent: ${text}`)
  })

  test('any value that JSON has is a body', () => {
    const bodies = [null, 0, false, '', [], {}]
    expect(sqsEvent(bodies.map((body) => ({ body }))).Records.map(({ body }) => body)).toEqual([
      'null',
      '0',
      'false',
      '',
      '[]',
      '{}',
    ])
  })
})
