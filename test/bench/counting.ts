import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'

export interface Counts {
  /** HTTP requests, repeated ones included. */
  requests: number
  writeUnits: number
  readUnits: number
}

interface Capacity {
  readonly CapacityUnits?: number
}

interface Answer {
  readonly ConsumedCapacity?: Capacity | Capacity[]
  /** A list for a batch of statements, an object by table for a batch of reads. */
  readonly Responses?: unknown
}

const WRITES = ['PutItem', 'UpdateItem', 'DeleteItem', 'BatchExecuteStatement', 'TransactWriteItems']

/**
 * Counts what a client sends and what DynamoDB bills for it, as `ReturnConsumedCapacity` reports. A conditional write
 * that is refused reports nothing, alone or in a batch of which no other lands, but costs a write unit per KB of the larger
 * item all the same; the records here are below one KB.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
 */
export function countUse(client: DynamoDBClient): Counts {
  const counts: Counts = { requests: 0, writeUnits: 0, readUnits: 0 }
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const writes = WRITES.includes(String(context['commandName']).replace(/Command$/, ''))
      try {
        const result = await next({
          ...args,
          input: { ...args.input, ReturnConsumedCapacity: 'TOTAL' } as never,
        })
        // Every operation used here answers with these fields, whose types the general middleware does not know.
        const { ConsumedCapacity, Responses } = result.output as Answer
        const reported = [ConsumedCapacity ?? []].flat().map(({ CapacityUnits = 0 }) => CapacityUnits)
        const units = reported.reduce((sum, one) => sum + one, 0)
        if (!writes) counts.readUnits += units
        // A batch of which nothing lands reports nothing; each of its statements costs a unit or more all the same.
        else counts.writeUnits += Math.max(units, Array.isArray(Responses) ? Responses.length : 0)
        return result
      } catch (error) {
        if (error instanceof Error && error.name === 'ConditionalCheckFailedException') counts.writeUnits += 1
        throw error
      }
    },
    { step: 'initialize', name: 'countUnits' },
  )
  client.middlewareStack.add(
    (next) => (args) => {
      counts.requests += 1
      return next(args)
    },
    { step: 'deserialize', priority: 'low', name: 'countRequests' },
  )
  return counts
}
