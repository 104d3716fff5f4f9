import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'

/** What is used of the client's protocol. Its own type is a union of two whose methods TypeScript cannot call. */
interface Protocol {
  serializeRequest(operation: unknown, input: object, context: unknown): Promise<{ body?: unknown }>
}

/**
 * Makes a client write its request bodies by `JSON.stringify`: what this store sends is DynamoDB's JSON already, bytes
 * apart. The SDK's own serialiser walks each command's schema and writes one character after another into a buffer that
 * doubles, which costs a cold start a twentieth of its first batch, and an event of 10,000 messages 12 MB at its peak.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html
 */
export function writeJsonBodies(client: DynamoDBClient): void {
  const protocol: Protocol = client.config.protocol
  const serialize = protocol.serializeRequest.bind(protocol)
  protocol.serializeRequest = async (operation, input, context) => {
    const request = await serialize(operation, {}, context)
    // Bytes at once: a text would stay on the heap until it is sent, and longer.
    request.body = Buffer.from(JSON.stringify(input, inBase64))
    return request
  }
}

/** Bytes as the protocol has them; what `JSON.stringify` hands on has been through a `Buffer`'s own `toJSON`. */
function inBase64(this: Record<string, unknown>, name: string, value: unknown): unknown {
  const given = this[name]
  return given instanceof Uint8Array ? Buffer.from(given).toString('base64') : value
}
