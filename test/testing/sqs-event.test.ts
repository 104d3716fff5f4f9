import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { sqsEvent } from '../../src/testing/index.ts'

describe('sqsEvent', () => {
  test('fills in what Lambda sends for a first delivery', () => {
    const { Records } = sqsEvent([{ body: { orderId: 'A-1' } }], { now: 5_000 })
    expect(Records).toEqual([
      {
        messageId: 'message-1',
        receiptHandle: 'message-1-receipt-1',
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
    expect(Records[0]?.attributes.MessageDeduplicationId).toBe('message-1')
    expect(sqsEvent(['x'], { queueName: 'orders.fifo' }).Records[0]?.attributes.MessageGroupId).toBe('group')
  })

  test('a queue name that disagrees with fifo is refused', () => {
    expect(() => sqsEvent(['x'], { fifo: true, queueName: 'orders' })).toThrow('FIFO queues end in ".fifo"')
  })
})
