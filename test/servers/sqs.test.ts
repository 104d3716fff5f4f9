import { networkInterfaces } from 'node:os'
import { DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs'
import { expect, test } from 'vitest'
import { sqsClient } from './clients.ts'
import { createQueues } from './queues.ts'
import { startSqs } from './sqs.ts'

const embedded = { endpoint: '' } // whatever the environment says

test('messages go through the queue and, received too often, to its dead-letter queue', async () => {
  const server = await startSqs(embedded)
  const client = sqsClient(server.endpoint)
  const { queueUrl, deadLetterQueueUrl, queueArn } = await createQueues(client, {
    name: 'orders',
    visibilityTimeout: 0,
    maxReceiveCount: 1,
  })
  expect(queueArn).toMatch(/:orders$/)
  const receive = async (QueueUrl: string) => {
    const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl }))
    return Messages
  }
  const { MessageId } = await client.send(
    new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: 'hello' }),
  )
  expect(await receive(queueUrl)).toMatchObject([{ MessageId, Body: 'hello' }])
  expect(await receive(queueUrl)).toEqual([])
  const [dead] = await receive(deadLetterQueueUrl)
  expect(dead).toMatchObject({ MessageId, Body: 'hello' })
  await client.send(
    new DeleteMessageCommand({ QueueUrl: deadLetterQueueUrl, ReceiptHandle: dead?.ReceiptHandle }),
  )
  client.destroy()
  await server.stop()
})

test('it listens on loopback alone', async () => {
  const server = await startSqs(embedded)
  const { port, hostname } = new URL(server.endpoint)
  expect(hostname).toBe('127.0.0.1')
  const outside = Object.values(networkInterfaces()).flatMap((all) => all ?? [])
  for (const { address, family, internal } of outside) {
    if (internal || family !== 'IPv4') continue
    await expect(fetch(`http://${address}:${port}/health`)).rejects.toThrow()
  }
  expect((await fetch(`${server.endpoint}/health`)).status).toBe(200)
  await server.stop()
  await expect(fetch(`${server.endpoint}/health`)).rejects.toThrow()
})

test('an endpoint that is given is used and left alone', async () => {
  const server = await startSqs({ endpoint: 'http://127.0.0.1:4566/' })
  expect(server).toMatchObject({ endpoint: 'http://127.0.0.1:4566', external: true })
  await server.stop()
  await expect(startSqs({ endpoint: 'nowhere' })).rejects.toThrow('SQS_ENDPOINT is "nowhere"')
})
