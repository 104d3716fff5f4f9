import { CreateQueueCommand, GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs'
import type { TemplateResource } from './assembly.ts'
import { type LocalResource, resolve } from './intrinsics.ts'

/** Attributes of a queue in a template that the SQS API knows by the same name. */
const ATTRIBUTES = [
  'VisibilityTimeout',
  'MessageRetentionPeriod',
  'DelaySeconds',
  'FifoQueue',
  'DeduplicationScope',
  'FifoThroughputLimit',
  'RedrivePolicy',
  'SqsManagedSseEnabled',
]

/** Makes the template's queues, a dead-letter queue before its source, and adds them to what is known. */
export async function makeQueues(
  client: SQSClient,
  resources: readonly TemplateResource[],
  known: Map<string, LocalResource>,
): Promise<void> {
  const isSource = ({ properties }: TemplateResource) => properties['RedrivePolicy'] !== undefined
  for (const resource of resources.toSorted((one, other) => Number(isSource(one)) - Number(isSource(other))))
    known.set(resource.id, await makeQueue(client, resource, known))
}

async function makeQueue(
  client: SQSClient,
  { id, properties }: TemplateResource,
  known: ReadonlyMap<string, LocalResource>,
): Promise<LocalResource> {
  const QueueName = properties['FifoQueue'] === true ? `${id}.fifo` : id
  const Attributes = Object.fromEntries(
    ATTRIBUTES.filter((name) => properties[name] !== undefined).map((name) => {
      const value = resolve(properties[name], known)
      return [name, typeof value === 'object' ? JSON.stringify(value) : String(value)]
    }),
  )
  const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName, Attributes }))
  if (QueueUrl === undefined) throw new Error(`CreateQueue gave no URL for ${QueueName}.`)
  const got = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }))
  return { ref: QueueUrl, attributes: { Arn: got.Attributes?.QueueArn ?? '', QueueName } }
}
