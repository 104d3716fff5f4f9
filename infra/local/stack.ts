import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { SQSClient } from '@aws-sdk/client-sqs'
import * as z from 'zod'
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
}

/** What of the template exists here. */
export interface LocalStack {
  readonly pairs: readonly LocalPair[]
  readonly tables: readonly { readonly name: string; readonly timeToLive: string }[]
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
  const pairs = of('AWS::Lambda::EventSourceMapping').map(({ id, properties }): LocalPair => {
    const { EventSourceArn, FunctionName, ...mapping } = Mapping.parse(resolve(properties, known))
    const queue = of('AWS::SQS::Queue').find(
      (candidate) => known.get(candidate.id)?.attributes['Arn'] === EventSourceArn,
    )
    const handler = handlers.find((candidate) => candidate.id === FunctionName)
    if (!queue || !handler) throw new Error(`The mapping ${id} joins a queue or a function that is not here.`)
    return {
      name: handler.environment['ONCEKIT_NAMESPACE'] ?? handler.id,
      handler,
      // The properties of the template, by its own names.
      mapping: mapping as EventSourceMappingSettings,
      queueUrl: known.get(queue.id)?.ref ?? '',
      deadLetterQueueUrl: deadLetterOf(queue.properties['RedrivePolicy'], known),
    }
  })
  const tables = of('AWS::DynamoDB::Table').map(({ id, properties }) => ({
    name: id,
    timeToLive: TimeToLive.parse(properties['TimeToLiveSpecification']).AttributeName,
  }))
  return { pairs, tables }
}

function deadLetterOf(policy: unknown, known: ReadonlyMap<string, LocalResource>): string {
  const { deadLetterTargetArn } = z.object({ deadLetterTargetArn: z.string() }).parse(resolve(policy, known))
  const queue = [...known.values()].find(({ attributes }) => attributes['Arn'] === deadLetterTargetArn)
  if (!queue) throw new Error(`The dead-letter queue ${deadLetterTargetArn} is not here.`)
  return queue.ref
}
