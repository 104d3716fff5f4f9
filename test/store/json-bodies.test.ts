import {
  type AttributeValue,
  BatchExecuteStatementCommand,
  BatchGetItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { writeJsonBodies } from '../../src/store/dynamodb/json-bodies.ts'
import { toPut, toStatement, toUpdate, type Write } from '../../src/store/dynamodb/write.ts'
import { dynamoClient } from '../servers/clients.ts'

interface Sent {
  readonly body: Uint8Array
  readonly headers: Readonly<Record<string, string>>
}

const theirs = tapped()
const ours = tapped()
writeJsonBodies(ours.client)

describe('bodies written by JSON.stringify', () => {
  it('say what the SDK says, for every command of the store and any values', async () => {
    await fc.assert(
      fc.asyncProperty(writes(), async (all) => {
        for (const command of commands(all)) {
          await theirs.client.send(command() as never)
          await ours.client.send(command() as never)
          const [expected, sent] = [theirs.sent(), ours.sent()]
          expect(JSON.parse(text(sent))).toEqual(JSON.parse(text(expected)))
          for (const name of ['content-type', 'x-amz-target', 'host']) {
            expect(sent.headers[name], name).toBe(expected.headers[name])
          }
        }
      }),
      { numRuns: 40 },
    )
  })

  it('are signed and counted as they are sent', async () => {
    await ours.client.send(new PutItemCommand(toPut('records', { id: 'ключ', set: { failure: 'é\ud800' } })))
    const { body, headers } = ours.sent()
    expect(Number(headers['content-length'])).toBe(body.byteLength)
    expect(headers['authorization']).toMatch(
      /SignedHeaders=[^,]*content-length[^,]*, Signature=[0-9a-f]{64}$/,
    )
  })

  it('have bytes in base64', async () => {
    for (const bytes of [new Uint8Array([0, 128, 255]), Buffer.from([0, 128, 255])]) {
      await ours.client.send(new PutItemCommand(toPut('records', { id: 'a', set: { result: bytes } })))
      const { Item } = JSON.parse(text(ours.sent())) as { Item: Record<string, AttributeValue> }
      expect(Item['result']).toEqual({ B: 'AID/' })
    }
  })
})

/** A client whose requests go nowhere. */
function tapped(): { readonly client: DynamoDBClient; sent(): Sent } {
  let last: Sent | undefined
  const client = dynamoClient('http://127.0.0.1:1', {
    requestHandler: {
      // The SDK hands over a request of its own.
      handle: async (request: unknown) => {
        last = request as Sent
        return { response: { statusCode: 200, headers: {}, body: Buffer.from('{}') } } as never
      },
    },
  })
  return {
    client,
    sent: () => {
      if (last === undefined) throw new Error('Nothing was sent.')
      return last
    },
  }
}

function text({ body }: Sent): string {
  return new TextDecoder().decode(body)
}

/** Each made anew for each client: the SDK may write into what it is given. */
function commands(all: readonly Write[]): (() => object)[] {
  const [first] = all
  if (first === undefined) return []
  const keys = all.map(({ id }) => ({ id: { S: id } }))
  const read = {
    ConsistentRead: true,
    ProjectionExpression: '#id',
    ExpressionAttributeNames: { '#id': 'id' },
  }
  return [
    () => new BatchExecuteStatementCommand({ Statements: all.map((write) => toStatement('records', write)) }),
    () => new BatchGetItemCommand({ RequestItems: { records: { Keys: keys, ...read } } }),
    () => new GetItemCommand({ TableName: 'records', Key: { id: { S: first.id } }, ...read }),
    () => new PutItemCommand(toPut('records', first)),
    () => new UpdateItemCommand(toUpdate('records', first)),
  ]
}

function writes(): fc.Arbitrary<Write[]> {
  const string = fc.string({ unit: 'binary', maxLength: 40 })
  const bytes = fc.uint8Array({ maxLength: 40 })
  const value = fc.oneof(
    string,
    fc.double({ noNaN: true }),
    bytes,
    bytes.map(Buffer.from),
    fc.constant(undefined),
  )
  const attributes = fc.dictionary(fc.stringMatching(/^[a-z]{1,9}$/), value, { minKeys: 1, maxKeys: 6 })
  const write = fc.record({ id: string, set: attributes, equals: fc.option(attributes, { nil: undefined }) })
  // Left out, not undefined: an absent `equals` makes an INSERT.
  return fc.array(
    write.map(({ equals, ...rest }) => (equals === undefined ? rest : { ...rest, equals })),
    { minLength: 1, maxLength: 4 },
  )
}
