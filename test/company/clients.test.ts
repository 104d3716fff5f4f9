import { Tracer } from '@aws-lambda-powertools/tracer'
import { DynamoDB, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import xray from 'aws-xray-sdk-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { sqsHandler } from '../../src/lambda/sqs-handler.ts'
import type { DynamoClient } from '../../src/store/dynamodb/client.ts'
import { sqsEvent } from '../../src/testing/sqs-event.ts'
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../servers/clients.ts'
import { type LocalTable, startLocalTable } from '../store/local-table.ts'
import { inSegment } from './in-segment.ts'
import { outcomes, type Row } from './outcomes.ts'
import type { Stage, Subject } from './scene.ts'

// Else the Tracer traces nothing.
vi.hoisted(() => Object.assign(process.env, { AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x' }))

let local: LocalTable
beforeAll(async () => {
  local = await startLocalTable()
})
afterAll(() => local.stop())

const config = () => ({ endpoint: local.endpoint, region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS })
const plain = () => new DynamoDBClient(config())
const documents = () =>
  DynamoDBDocumentClient.from(plain(), { marshallOptions: { removeUndefinedValues: true } })
const captured = () => xray.captureAWSv3Client(plain())
const traced = () => new Tracer({ enabled: true, captureHTTPsRequests: false }).captureAWSv3Client(plain())

const through =
  (client: () => DynamoClient) =>
  (stage: Stage): Subject =>
    // An SQS event is what the scene gives.
    sqsHandler({ ...stage.options, client: client() }, ({ body }) => stage.work(body)) as Subject

/** As on Lambda, where each invocation has a segment. */
const segmented =
  (make: (stage: Stage) => Subject) =>
  (stage: Stage): Subject => {
    const subject = make(stage)
    return (event, context) => inSegment(() => subject(event, context))
  }

const row = (neighbour: string, todo: string, ...subjects: Row['subjects']): Row => ({
  neighbour,
  where: 'as `client`',
  subjects,
  todo,
})

outcomes(
  'clients',
  [
    row(
      '`DynamoDBClient`, `DynamoDB`',
      'right',
      through(plain),
      through(() => new DynamoDB(config())),
    ),
    row(
      '`DynamoDBDocumentClient`',
      'right: its marshalling leaves oncekit’s commands alone',
      through(documents),
    ),
    row('X-Ray, `captureAWSv3Client`', 'right', segmented(through(captured))),
    row('Powertools Tracer, `captureAWSv3Client`', 'right', segmented(through(traced))),
  ],
  () => [local, { table: local.table }],
)

describe('a client that X-Ray has captured', () => {
  it.each([
    ['X-Ray', captured],
    ['Powertools Tracer', traced],
  ])(
    'has a closed subsegment for each request, in the segment of the invocation: %s',
    async (_by, client) => {
      const handler = sqsHandler(
        { table: local.table, namespace: 'traced', client: client(), observer: false },
        () => {},
      )
      await inSegment(async (segment) => {
        await handler(sqsEvent(['one', 'two']), {})
        const seen = segment.subsegments ?? []
        expect(seen.map(({ name }) => name)).toEqual(seen.map(() => 'DynamoDB'))
        // One claims both, one or two complete them.
        expect(seen.length).toBeGreaterThanOrEqual(2)
        expect(seen.every((subsegment) => subsegment.isClosed())).toBe(true)
        expect(seen.map((subsegment) => Object(subsegment).aws?.operation)).toContain('BatchExecuteStatement')
      })
    },
  )

  it('works where there is no segment: X-Ray says so, and sends the request', async () => {
    const said = vi.fn()
    xray.setContextMissingStrategy(said)
    const handler = sqsHandler(
      { table: local.table, namespace: 'alone', client: captured(), observer: false },
      () => {},
    )
    expect(await handler(sqsEvent(['one']), {})).toEqual({ batchItemFailures: [] })
    expect(said).toHaveBeenCalled()
  })
})
