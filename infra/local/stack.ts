import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { SQSClient } from '@aws-sdk/client-sqs'
import * as z from 'zod'
import { ENVIRONMENT } from '../../src/protocol/names.ts'
import type { EventSourceMappingSettings } from '../../src/testing/local-queue/mapping-settings.ts'
import type { Assembly } from './assembly.ts'
import { type LocalFunction, localFunction } from './functions.ts'
import { type LocalResource, resolve } from './intrinsics.ts'
import { makeQueues } from './make-queues.ts'
import { makeTable } from './make-tables.ts'

/** A function behind a queue, as the template has wired them. */
export interface LocalPair {
  readonly name: string
  readonly handler: LocalFunction
  readonly mapping: EventSourceMappingSettings
  readonly queueUrl: string
  readonly deadLetterQueueUrl: string
  /** The attribute that the time to live of the function's table watches. */
  readonly timeToLive: string
}

/** What of the template exists here. */
export interface LocalStack {
  readonly pairs: readonly LocalPair[]
  readonly tables: readonly string[]
}

/** Types that need nothing here beyond a name to refer to. */
const NAMED_ONLY = ['AWS::IAM::Role', 'AWS::Logs::LogGroup']

const Mapping = z.looseObject({ EventSourceArn: z.string(), FunctionName: z.string() })
const TimeToLive = z.object({ AttributeName: z.string() })

/** Makes the template's tables and queues on local servers and wires its functions to them. */
export async function makeStack(
  assembly: Assembly,
  dynamodb: DynamoDBClient,
  sqs: SQSClient,
): Promise<LocalStack> {
  const of = (type: string) => assembly.resources.filter((resource) => resource.type === type)
  const known = new Map<string, LocalResource>()
  for (const { id, type } of assembly.resources)
    if (NAMED_ONLY.includes(type)) known.set(id, { ref: id, attributes: { Arn: id } })
  for (const table of of('AWS::DynamoDB::Table')) known.set(table.id, await makeTable(dynamodb, table))
  await makeQueues(sqs, of('AWS::SQS::Queue'), known)
  const handlers = of('AWS::Lambda::Function').map((resource) => localFunction(assembly, resource, known))
  for (const { id } of handlers) known.set(id, { ref: id, attributes: { Arn: id } })
  const tableOf = ({ environment }: LocalFunction) =>
    of('AWS::DynamoDB::Table').find(({ id }) => id === environment[ENVIRONMENT.table])
  const pairs = of('AWS::Lambda::EventSourceMapping').map(({ id, properties }): LocalPair => {
    const { EventSourceArn, FunctionName, ...mapping } = Mapping.parse(resolve(properties, known))
    const queue = of('AWS::SQS::Queue').find(
      (candidate) => known.get(candidate.id)?.attributes['Arn'] === EventSourceArn,
    )
    const handler = handlers.find((candidate) => candidate.id === FunctionName)
    if (!queue || !handler) throw new Error(`The mapping ${id} joins a queue or a function that is not here.`)
    return {
      name: handler.environment[ENVIRONMENT.namespace] ?? handler.id,
      handler,
      // The properties of the template, by its own names.
      mapping: mapping as EventSourceMappingSettings,
      queueUrl: known.get(queue.id)?.ref ?? '',
      deadLetterQueueUrl: deadLetterOf(queue.properties['RedrivePolicy'], known),
      timeToLive: TimeToLive.parse(tableOf(handler)?.properties['TimeToLiveSpecification']).AttributeName,
    }
  })
  return { pairs, tables: of('AWS::DynamoDB::Table').map(({ id }) => id) }
}

function deadLetterOf(policy: unknown, known: ReadonlyMap<string, LocalResource>): string {
  const { deadLetterTargetArn } = z.object({ deadLetterTargetArn: z.string() }).parse(resolve(policy, known))
  const queue = [...known.values()].find(({ attributes }) => attributes['Arn'] === deadLetterTargetArn)
  if (!queue) throw new Error(`The dead-letter queue ${deadLetterTargetArn} is not here.`)
  return queue.ref
}
