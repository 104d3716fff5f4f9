import { randomBytes } from 'node:crypto'
import { CreateTableCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest'
import { dynamoStore, isOncekitError } from '../../src/index.ts'
import type { ClaimRequest } from '../../src/store/contract.ts'
import { completion, context, heldBy, holderOf, releasing, request, requests, stuck } from './asks.ts'
import { type LocalTable, startLocalTable } from './local-table.ts'
import { serviceError, type TappedClient, tappedClient } from './tapped-client.ts'

let local: LocalTable
let client: TappedClient

beforeAll(async () => {
  local = await startLocalTable()
  client = tappedClient(local.client)
})
afterAll(() => local.stop())
beforeEach(() => client.reset())

const FORMS: readonly [string, () => ClaimRequest[]][] = [
  ['one first delivery', () => [request()]],
  ['one redelivery', () => [request({ redelivered: true })]],
  ['a batch of first deliveries', () => requests(3)],
  ['a batch of redeliveries', () => requests(3, { redelivered: true })],
]

/** Each failure, and what it is no use to leave out of what is to be done. */
const REMEDIES: Readonly<Record<string, RegExp>> = {
  ResourceNotFoundException: /no such table .* Region and the account\. .* `id` \(S\) and no sort key\.$/,
  AccessDeniedException: /^Grant the function's role dynamodb:PutItem, .*dynamodb:PartiQLUpdate on the table/,
  ExpiredTokenException: /^The credentials are not accepted\. .* renew the session/,
  UnrecognizedClientException: /^The credentials are not accepted\./,
  InvalidSignatureException: /^The credentials are not accepted\. .* clock, too\.$/,
  MissingAuthenticationTokenException: /^The credentials are not accepted\./,
  OptInRequired: /activated first/,
  ValidationException: /^The table needs the partition key `id` \(S\) and no sort key\.$/,
  UnknownOperationException: /^The server must know PutItem, UpdateItem and GetItem .* endpoint\.$/,
  CredentialsProviderError: /^Give the function an execution role; /,
  KMSAccessDeniedException: /^The function's role needs the use of the table's KMS key/,
  KMSDisabledException: /the key must be enabled\.$/,
  KMSNotFoundException: /KMS key/,
  InaccessibleEncryptionCredentialsException: /KMS key/,
}
const NAMES = Object.keys(REMEDIES)

describe.each(FORMS)('claiming %s', (_, make) => {
  it.each(NAMES)(
    '%s rejects with STORE_MISCONFIGURED: the table, what the service said, what to do about that and nothing else',
    async (name) => {
      client.tap(() => Promise.reject(serviceError(name, 'what the service said')))
      const store = dynamoStore({ table: 'orders-idempotency', client })
      const error = await store.claim(make(), context()).catch((thrown: unknown) => thrown)
      expect(isOncekitError(error, 'STORE_MISCONFIGURED')).toBe(true)
      expect(error).toMatchObject({
        message: expect.stringMatching(
          /^The idempotency table "orders-idempotency" cannot be used: \w+: what the service said\. /,
        ),
        cause: { name },
      })
      const [, remedy = ''] = String(error).split('what the service said. ')
      expect(remedy).toMatch(REMEDIES[name] ?? /never/)
    },
  )

  it.each(['InternalServerError', 'ThrottlingException', 'ServiceUnavailable', 'TimeoutError'])(
    '%s does not: the store is unavailable',
    async (name) => {
      client.tap(() => Promise.reject(serviceError(name)))
      const store = dynamoStore({ table: local.table, client })
      const outcomes = await store.claim(make(), context(250))
      expect(new Set(outcomes.map((outcome) => outcome.kind))).toEqual(new Set(['unavailable']))
    },
  )
})

test.each(['ResourceNotFound'])(
  'a statement of a batch that ends with %s rejects, and nothing more is sent',
  async (Code) => {
    const refused = { Error: { Code, Message: 'what the service said' } }
    client.tap(async () => ({ Responses: [refused, refused] }))
    const store = dynamoStore({ table: 'orders-idempotency', client })
    await expect(store.claim(requests(2), context())).rejects.toMatchObject({
      code: 'STORE_MISCONFIGURED',
      message: expect.stringContaining(`cannot be used: ${Code}: what the service said.`),
    })
    expect(client.operations()).toEqual(['BatchExecuteStatement'])
  },
)

test('beside what was granted it is an outcome, so that the rest can be given back', async () => {
  const refused = { Error: { Code: 'ResourceNotFound', Message: 'what the service said' } }
  client.tap(async () => ({ Responses: [{}, refused, {}] }))
  const store = dynamoStore({ table: 'orders-idempotency', client })
  expect(await store.claim(requests(3), context())).toMatchObject([
    { kind: 'claimed' },
    { kind: 'unavailable', error: { code: 'STORE_MISCONFIGURED' } },
    { kind: 'claimed' },
  ])
  expect(client.operations()).toEqual(['BatchExecuteStatement'])
})

test.each([
  ['ThrottlingException', 'throttling'],
  ['ProvisionedThroughputExceededException', 'throttling'],
  ['RequestLimitExceeded', 'throttling'],
  ['TimeoutError', 'timeout'],
  ['InternalServerError', undefined],
])(
  '%s is unavailable for the reason %s, which alone lets a function run without a record',
  async (name, reason) => {
    client.tap(() => Promise.reject(serviceError(name)))
    const store = dynamoStore({ table: local.table, client })
    const [outcome] = await store.claim([request()], context(250))
    expect(outcome).toMatchObject({ kind: 'unavailable' })
    expect(outcome).toHaveProperty('reason', reason)
  },
)

test.each([
  [Object.assign(new Error('Region is missing'), {}), /Set AWS_REGION/],
  [
    new Error('Region not accepted: region="eu central" is not a valid hostname component.'),
    /Set AWS_REGION/,
  ],
  [Object.assign(new TypeError('Invalid URL'), { code: 'ERR_INVALID_URL' }), /must be a URL, such as/],
  [
    serviceError('AccessDeniedException', 'not authorized to perform: kms:Decrypt on'),
    /the use of the table's KMS key/,
  ],
  [serviceError('ValidationException', 'KMS key is not accessible'), /the use of the table's KMS key/],
])('what the client was given wrongly is told, and asked for once: %s', async (failure, remedy) => {
  client.tap(() => Promise.reject(failure))
  const store = dynamoStore({ table: 'orders-idempotency', client })
  await expect(store.claim([request()], context())).rejects.toMatchObject({
    code: 'STORE_MISCONFIGURED',
    message: expect.stringMatching(remedy),
  })
  expect(client.operations()).toEqual(['PutItem'])
})

describe('the real server', () => {
  it.each(FORMS)('without the table, %s', async (_, make) => {
    const store = dynamoStore({ table: 'no-such-table', client: local.client })
    await expect(store.claim(make(), context())).rejects.toMatchObject({
      code: 'STORE_MISCONFIGURED',
      message: expect.stringContaining('"no-such-table" cannot be used: ResourceNotFound'),
    })
  })

  it.each(FORMS)('with a table that has a sort key, %s', async (_, make) => {
    const table = `sorted-${_.replaceAll(' ', '-')}`
    await local.client.send(
      new CreateTableCommand({
        TableName: table,
        AttributeDefinitions: [
          { AttributeName: 'id', AttributeType: 'S' },
          { AttributeName: 'at', AttributeType: 'S' },
        ],
        KeySchema: [
          { AttributeName: 'id', KeyType: 'HASH' },
          { AttributeName: 'at', KeyType: 'RANGE' },
        ],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    )
    const store = dynamoStore({ table, client: local.client })
    await expect(store.claim(make(), context())).rejects.toMatchObject({
      code: 'STORE_MISCONFIGURED',
      message: expect.stringContaining('no sort key'),
    })
  })
})

describe('a settlement never rejects', () => {
  it.each(NAMES)('%s: unknown, so the record is reported and nothing is taken for done', async (name) => {
    client.tap(() => Promise.reject(serviceError(name)))
    const store = dynamoStore({ table: local.table, client })
    const two = [completion(holderOf(stuck())), completion(holderOf(stuck()))]
    expect(await store.settle(two, context())).toMatchObject([{ kind: 'unknown' }, { kind: 'unknown' }])
    expect(await store.settle(two.slice(1), context())).toMatchObject([{ kind: 'unknown' }])
  })
})

describe('a result that makes the item too large for DynamoDB', () => {
  it.each([
    ['completed alone', 1],
    ['completed beside others', 3],
  ])('is dropped and the completion stands, %s', async (_, count) => {
    const store = dynamoStore({ table: local.table, client })
    const asked = requests(count)
    const granted = await store.claim(asked, context())
    const settlements = asked.map((one, index) =>
      completion(
        heldBy(one, granted[index]),
        index === 0 ? randomBytes(410_000).toString('base64') : '"small"',
      ),
    )
    const outcomes = await store.settle(settlements, context())
    expect(outcomes).toEqual(asked.map(() => ({ kind: 'completed', duplicateEffect: false })))
    const records = await Promise.all(asked.map(({ id }) => local.get(id)))
    expect(records.map((record) => [record?.status, record?.result])).toEqual(
      asked.map((_one, index) => ['COMPLETED', index === 0 ? undefined : '"small"']),
    )
  })

  it.each([
    ['another failure', 'UnknownError', completion(holderOf(stuck()), '"kept"'), 4],
    ['no result to drop', 'ValidationException', completion(holderOf(stuck())), 1],
    ['a release', 'ValidationException', releasing(holderOf(stuck())), 1],
  ])(
    'is not what %s means: nothing is sent without what was to be written',
    async (_, name, settlement, times) => {
      client.tap(() => Promise.reject(serviceError(name)))
      const store = dynamoStore({ table: local.table, client })
      expect(await store.settle([settlement], context())).toMatchObject([
        { kind: 'unknown', error: name.startsWith('Validation') ? { cause: { name } } : { name } },
      ])
      const results = client.calls.map(({ input }) => input.ExpressionAttributeValues?.[':result']?.S)
      const result = settlement.kind === 'complete' ? settlement.result : undefined
      expect(results).toEqual(Array(times).fill(result))
    },
  )
})
