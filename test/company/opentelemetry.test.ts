import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { SpanStatusCode } from '@opentelemetry/api'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { sqsHandler } from '../../src/lambda/sqs-handler.ts'
import type { DynamoClient } from '../../src/store/dynamodb/client.ts'
import { sqsEvent } from '../../src/testing/sqs-event.ts'
import { LOCAL_CREDENTIALS, LOCAL_REGION, localEnvironment } from '../servers/clients.ts'
import { type LocalTable, startLocalTable } from '../store/local-table.ts'
import { outcomes } from './outcomes.ts'
import type { Stage, Subject } from './scene.ts'

// Before anything loads the SDK, as its layer and `--import` do: it instruments what is loaded after it.
const { exporter } = await vi.hoisted(async () => {
  const { AwsInstrumentation } = await import('@opentelemetry/instrumentation-aws-sdk')
  const { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } = await import(
    '@opentelemetry/sdk-trace'
  )
  const exporter = new InMemorySpanExporter()
  new AwsInstrumentation().setTracerProvider(
    new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }),
  )
  return { exporter }
})

const environment = { ...process.env }
let local: LocalTable
beforeAll(async () => {
  local = await startLocalTable()
  Object.assign(process.env, localEnvironment({ dynamodb: local.endpoint }))
})
beforeEach(() => exporter.reset())
afterAll(() => {
  process.env = { ...environment }
  return local.stop()
})

/** What was sent: a span for each request, ended. */
const spans = () => exporter.getFinishedSpans().map(({ name }) => name)

const own = () =>
  new DynamoDBClient({ endpoint: local.endpoint, region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS })
const through =
  (client: () => DynamoClient | undefined) =>
  (stage: Stage): Subject =>
    // An SQS event is what the scene gives.
    sqsHandler({ ...stage.options, client: client() }, ({ body }) => stage.work(body)) as Subject

outcomes(
  'opentelemetry',
  [
    {
      neighbour: '`instrumentation-aws-sdk`',
      where: 'the default client',
      subjects: [through(() => undefined)],
      todo: 'right: a span for each request, named by its operation',
    },
    {
      neighbour: '`instrumentation-aws-sdk`',
      where: 'a client of your own',
      subjects: [through(own)],
      todo: 'right: a span for each request, named by its operation',
    },
  ],
  () => [local, { table: local.table }],
)

describe.each([
  ['the default client', () => undefined],
  ['a client of your own', own],
])('%s under the instrumentation', (name, client) => {
  it('has a span for each request of each batch, with its own operation', async () => {
    const namespace = name.replaceAll(' ', '-')
    const handler = sqsHandler({ table: local.table, namespace, client: client(), observer: false }, () => {})
    const first = sqsEvent(['one', 'two'])
    await handler(first, {})
    expect(spans()[0]).toBe('DynamoDB.BatchExecuteStatement')
    expect(spans().length).toBeGreaterThanOrEqual(2)
    exporter.reset()
    await handler(sqsEvent(['three', 'four']), {})
    expect(spans().length).toBeGreaterThanOrEqual(2)
    expect(new Set(spans())).not.toContain('DynamoDB.undefined')
    exporter.reset()
    const again = first.Records.map((record) => ({ ...record }))
    for (const record of again) {
      record.attributes = { ...record.attributes, ApproximateReceiveCount: '2' }
    }
    await handler({ Records: again }, {})
    expect(spans()).toEqual(['DynamoDB.BatchGetItem'])
  })
})

it('a request that fails has a span that failed, and is ended', async () => {
  const nobody = { endpoint: 'http://127.0.0.1:9', region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS }
  const client = new DynamoDBClient(nobody)
  const options = { table: local.table, namespace: 'dead', client, observer: false, logger: false } as const
  const answer = await sqsHandler(options, () => {})(sqsEvent(['one']), {
    getRemainingTimeInMillis: () => 1_600,
  })
  expect(answer.batchItemFailures).toHaveLength(1)
  const ended = exporter.getFinishedSpans()
  expect(ended.length).toBeGreaterThan(0)
  expect(ended.map(({ status }) => status.code)).toEqual(ended.map(() => SpanStatusCode.ERROR))
})
