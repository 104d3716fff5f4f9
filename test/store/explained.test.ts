import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { describe, expect, it, onTestFinished, test } from 'vitest'
import { dynamoStore } from '../../src/index.ts'
import { explained } from '../../src/store/dynamodb/explain.ts'
import { CallTimeoutError, telling } from '../../src/store/dynamodb/failures.ts'
import { call, context, request, requests } from './asks.ts'
import { serviceError } from './tapped-client.ts'

/** A server that is no DynamoDB. */
async function server(answer: RequestListener): Promise<number> {
  const one = createServer(answer).listen(0, '127.0.0.1')
  onTestFinished(() => {
    one.closeAllConnections()
    one.close()
  })
  await new Promise((resolve) => one.once('listening', resolve))
  // It listens on a port.
  return (one.address() as AddressInfo).port
}

function page(status: number): RequestListener {
  return (asked, answer) => {
    asked.resume().on('end', () => {
      answer.writeHead(status, { 'content-type': 'text/html' }).end('<html>secret</html>')
    })
  }
}

function clientOf(endpoint: string, maxAttempts = 3): DynamoDBClient {
  return new DynamoDBClient({
    maxAttempts,
    region: 'eu-central-1',
    endpoint,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  })
}

/** What a claim is told that goes there. */
async function toldBy(endpoint: string, ms: number): Promise<string> {
  const client = clientOf(endpoint)
  const [outcome] = await dynamoStore({ table: 'orders', client }).claim([request()], context(ms))
  return String(outcome?.kind === 'unavailable' ? outcome.error : outcome?.kind)
}

describe('an answer that is not of the service', () => {
  it.each([200, 403, 503])(
    'is said to be none, with its status, and nothing of it: HTTP %i',
    async (status) => {
      const told = await toldBy(`http://127.0.0.1:${await server(page(status))}`, 600)
      expect(told).toContain(
        `cannot be used now: an answer that is not DynamoDB's, HTTP ${status}. Check the endpoint, and what stands between, such as a proxy.`,
      )
      expect(told).not.toContain('secret')
    },
  )
})

test.each([404, 405, 501])(
  'a server that answers a form which it does not know with a page is asked for single items: %i',
  async (status) => {
    const asked: string[] = []
    const port = await server((request, answer) => {
      const operation = String(request.headers['x-amz-target']).split('.').at(-1) ?? ''
      asked.push(operation)
      if (operation === 'BatchExecuteStatement') return page(status)(request, answer)
      request.resume().on('end', () => {
        answer.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end('{}')
      })
    })
    const { context: noting, notices } = call()
    const outcomes = await dynamoStore({
      table: 'orders',
      client: clientOf(`http://127.0.0.1:${port}`),
    }).claim(requests(3), noting)
    expect(outcomes.map(({ kind }) => kind)).toEqual(['claimed', 'claimed', 'claimed'])
    expect(asked).toEqual(['BatchExecuteStatement', 'PutItem', 'PutItem', 'PutItem'])
    expect(notices).toMatchObject([{ kind: 'batch-denied', error: { code: 'STORE_UNAVAILABLE' } }])
  },
)

test('https to what speaks http is told as that', async () => {
  expect(await toldBy(`https://127.0.0.1:${await server(page(200))}`, 600)).toMatch(
    /EPROTO.*\. It does not speak TLS: is the endpoint one of http, not https\./,
  )
})

test('nothing that listens is told with where', async () => {
  const port = await server(page(200))
  expect(await toldBy('http://127.0.0.1:9', 600)).toContain(
    'ECONNREFUSED 127.0.0.1:9. Nothing listens there: check the endpoint.',
  )
  expect(port).toBeGreaterThan(0)
})

test.each([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_HAS_EXPIRED',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
])('a certificate that is not accepted is told as that: %s', (code) => {
  expect(String(explained(Object.assign(new Error('of OpenSSL'), { code })))).toContain(
    `${code}. Its certificate is not accepted: check the endpoint`,
  )
})

test('that a call was throttled is told, also when the client was cut in the end while it waited to ask again', async () => {
  let asked = 0
  const throttled = serviceError('ThrottlingException', 'Rate exceeded')
  const client = { send: () => (asked++ ? new Promise<never>(() => {}) : Promise.reject(throttled)) }
  const [outcome] = await dynamoStore({ table: 'orders', client }).claim([request()], context(900))
  expect(outcome).toMatchObject({
    kind: 'unavailable',
    reason: 'throttling',
    error: { name: 'ThrottlingException' },
  })
})

test('what a client was told that goes on trying by itself is told when it is cut', async () => {
  const throttled: RequestListener = (asked, answer) => {
    asked.resume().on('end', () => {
      answer
        .writeHead(400, { 'content-type': 'application/x-amz-json-1.0' })
        .end('{"__type":"x#ThrottlingException","message":"Rate exceeded"}')
    })
  }
  const endpoint = `http://127.0.0.1:${await server(throttled)}`
  const client = clientOf(endpoint, 50)
  const [outcome] = await dynamoStore({ table: 'orders', client }).claim([request()], context(900))
  expect(outcome).toMatchObject({
    kind: 'unavailable',
    reason: 'timeout',
    error: {
      message: expect.stringMatching(/^no answer within \d+ ms, after ThrottlingException: Rate exceeded$/),
    },
  })
})

test('of several failures of a call the one that says most is told', () => {
  const throttled = serviceError('ThrottlingException')
  const failed = serviceError('InternalServerError')
  const [long, short, hurried] = [
    new CallTimeoutError('', 1_000, false),
    new CallTimeoutError('', 300, false),
    new CallTimeoutError('', 50, true),
  ]
  expect(telling(undefined, hurried)).toBe(hurried)
  expect(telling(throttled, long)).toBe(throttled)
  expect(telling(failed, long)).toBe(long)
  expect(telling(failed, hurried)).toBe(failed)
  expect(telling(long, short)).toBe(long)
  expect(telling(short, long)).toBe(long)
  expect(telling(long, failed)).toBe(failed)
})
