import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { describe, expect, it, test } from 'vitest'
import { dynamoStore } from '../../src/index.ts'
import { systemRuntime } from '../../src/runtime/system.ts'
import { defaultClient } from '../../src/store/dynamodb/client.ts'
import { misconfigured } from '../../src/store/dynamodb/explain.ts'
import { isConditionFailure, isMisconfigured, nameOf } from '../../src/store/dynamodb/failures.ts'
import { recordOf } from '../../src/store/dynamodb/item.ts'
import { keepServerDate, serverDateOf } from '../../src/store/dynamodb/server-date.ts'
import { manualClock } from '../../src/testing/index.ts'
import { call, completion, context, request, requests, token } from './asks.ts'
import { serviceError } from './tapped-client.ts'

type Command = { readonly input: { readonly Statements?: readonly unknown[] } }

/** A client that answers as told, by operation, and remembers what it was asked. */
function clientOf(answer: (operation: string, command: Command) => unknown) {
  const operations: string[] = []
  const send = async (command: Command): Promise<unknown> => {
    const operation = command.constructor.name.replace(/Command$/, '')
    operations.push(operation)
    return answer(operation, command)
  }
  return { operations, send }
}

function stuckItem(id: string) {
  const n = (value: number) => ({ N: String(value) })
  const past = Date.now() - 60_000
  return {
    id: { S: id },
    schemaVersion: n(1),
    status: { S: 'IN_PROGRESS' },
    owner: { S: 'another' },
    fence: n(past),
    attempts: n(1),
    leaseUntil: n(past),
    expiresAt: n(Date.now() + 600_000),
  }
}

describe('an answer without', () => {
  it('its responses: each statement asks for itself', async () => {
    const client = clientOf(() => ({}))
    const outcomes = await dynamoStore({ table: 'records', client }).claim(requests(2), context())
    expect(outcomes.map(({ kind }) => kind)).toEqual(['claimed', 'claimed'])
    expect(client.operations).toEqual(['BatchExecuteStatement', 'PutItem', 'PutItem'])
  })

  it('items and without unprocessed keys: nothing is there', async () => {
    const client = clientOf((operation, { input }) =>
      operation === 'BatchGetItem' ? {} : { Responses: (input.Statements ?? []).map(() => ({})) },
    )
    const asked = requests(2, { redelivered: true })
    const outcomes = await dynamoStore({ table: 'records', client }).claim(asked, context())
    expect(outcomes).toMatchObject([{ origin: 'fresh' }, { origin: 'fresh' }])
    expect(client.operations).toEqual(['BatchGetItem', 'BatchExecuteStatement'])
  })

  it('a date: the clock is not compared, and a stuck item is taken over all the same', async () => {
    const asked = request({ redelivered: true })
    const client = clientOf((operation) =>
      operation === 'PutItem'
        ? Promise.reject(
            Object.assign(serviceError('ConditionalCheckFailedException'), { Item: stuckItem(asked.id) }),
          )
        : {},
    )
    const [outcome] = await dynamoStore({ table: 'records', client }).claim([asked], context())
    expect(outcome).toMatchObject({ kind: 'claimed', origin: 'takeover' })
    expect(client.operations).toEqual(['PutItem', 'UpdateItem'])
  })
})

test('a clock off by exactly the clock error still takes over', async () => {
  const clock = manualClock({ now: Date.now(), timers: 'system' })
  const asked = request({ redelivered: true })
  const $metadata = { serverDate: clock.now() + 1_000 }
  const client = clientOf((operation) =>
    operation === 'PutItem'
      ? Promise.reject(
          Object.assign(serviceError('ConditionalCheckFailedException'), {
            Item: stuckItem(asked.id),
            $metadata,
          }),
        )
      : {},
  )
  const store = dynamoStore({ table: 'records', client, runtime: clock })
  expect(await store.claim([asked], context())).toMatchObject([{ kind: 'claimed', origin: 'takeover' }])
})

describe('a failure of the batch form', () => {
  it('that is no denial leaves it in use', async () => {
    let down = true
    const client = clientOf(() =>
      down ? Promise.reject(serviceError('InternalServerError')) : { Responses: [{}, {}] },
    )
    const store = dynamoStore({ table: 'records', client })
    await store.claim(requests(2), context(200))
    down = false
    client.operations.length = 0
    await store.claim(requests(2), context())
    expect(client.operations).toEqual(['BatchExecuteStatement'])
  })

  it('that is a denial is said once, and to nobody where nobody listens', async () => {
    const denied = () =>
      clientOf((operation) =>
        operation === 'BatchExecuteStatement' ? Promise.reject(serviceError('AccessDeniedException')) : {},
      )
    const { context: noting, notices } = call()
    await dynamoStore({ table: 'records', client: denied() }).claim(requests(60), noting)
    expect(notices.map(({ kind }) => kind)).toEqual(['batch-denied'])
    const { notify: _, ...silent } = noting
    const outcomes = await dynamoStore({ table: 'records', client: denied() }).claim(requests(2), silent)
    expect(outcomes.map(({ kind }) => kind)).toEqual(['claimed', 'claimed'])
  })
})

test('a settlement is not tried again when the wait before it would end after the deadline', async () => {
  const client = clientOf(() => Promise.reject(serviceError('InternalServerError')))
  const claim = { id: `test#${token()}`, owner: token(), fence: 7, attempt: 1, fingerprint: undefined }
  const runtime = { ...systemRuntime, random: () => 1e6 }
  const store = dynamoStore({ table: 'records', client, runtime })
  expect(await store.settle([completion(claim)], context())).toMatchObject([{ kind: 'unknown' }])
  expect(client.operations).toEqual(['UpdateItem'])
})

describe('what is said when there is no time', () => {
  it.each([
    [-1, 'no time left for a call'],
    [30, /^no answer within \d+ ms$/],
  ])('with %i ms: %s', async (timeout, message) => {
    const client = { send: () => new Promise<never>(() => {}) }
    const [outcome] = await dynamoStore({ table: 'records', client }).claim(requests(1), context(timeout))
    expect(outcome).toMatchObject({ kind: 'unavailable', reason: 'timeout' })
    const error = outcome?.kind === 'unavailable' ? outcome.error : undefined
    expect(error).toMatchObject({ name: 'CallTimeoutError', message: expect.stringMatching(message) })
  })
})

describe('the name of a failure', () => {
  it('is empty for what has none', () => {
    expect([nameOf({}), nameOf(undefined)]).toEqual(['', ''])
  })

  it.each(['NotConditionalCheckFailed', 'NoDuplicateItem'])('%s is no failed condition', (name) => {
    expect(isConditionFailure(serviceError(name))).toBe(false)
  })

  it.each([
    'MyResourceNotFoundException',
    'ValidationExceptionOfMine',
    'NoCredentialsProviderError',
    'CredentialsProviderErrors',
  ])('%s is no misconfiguration', (name) => {
    expect(isMisconfigured(serviceError(name))).toBe(false)
  })

  it("ends the service's sentence once, and leaves its other dots", () => {
    const { message } = misconfigured('records', serviceError('ResourceNotFoundException', 'No a.b. found.'))
    expect(message).toContain('ResourceNotFoundException: No a.b. found. There is no such table')
    expect(misconfigured('records', undefined).message).toContain('cannot be used')
  })
})

test('an item without id, status or owner has empty ones', () => {
  expect(recordOf({ failure: { S: 'RangeError' } })).toMatchObject({
    id: '',
    status: '',
    owner: '',
    failure: 'RangeError',
  })
})

describe('the date that is kept', () => {
  type Next = (args: unknown) => Promise<object>
  type Middleware = (next: Next) => Next

  function middleware(): Middleware {
    const added: [Middleware, object][] = []
    keepServerDate({
      send: async () => ({}),
      middlewareStack: { add: (one: Middleware, options: object) => added.push([one, options]) },
    })
    const [one] = added
    expect(one?.[1]).toEqual({
      step: 'deserialize',
      priority: 'high',
      name: 'oncekitServerDate',
      override: true,
    })
    if (one === undefined) throw new Error('nothing was added')
    return one[0]
  }

  it.each([
    ['no response', { response: undefined, output: { $metadata: {} } }],
    ['no headers', { response: {}, output: { $metadata: {} } }],
    ['no date', { response: { headers: {} }, output: { $metadata: {} } }],
    ['no output', { response: { headers: { date: 'Sun, 06 Nov 1994 08:49:37 GMT' } } }],
    ['no metadata', { response: { headers: { date: 'Sun, 06 Nov 1994 08:49:37 GMT' } }, output: {} }],
  ])('is none where there is %s, and the answer goes on as it is', async (_what, answer) => {
    const passed = await middleware()(async () => structuredClone(answer))({})
    expect(passed).toEqual({ output: undefined, ...answer })
  })

  it.each([null, 7, {}, { add: 'no function' }])('is none where the client has the stack %j', (stack) => {
    expect(() => keepServerDate({ send: async () => ({}), middlewareStack: stack })).not.toThrow()
  })

  it('is asked of anything', () => {
    expect([serverDateOf(undefined), serverDateOf({})]).toEqual([undefined, undefined])
  })
})

test('the default client resolves its middleware once, and leaves the SDK’s own as it is', () => {
  const client = defaultClient()
  const plain = new DynamoDBClient({})
  expect(client.config).toMatchObject({ cacheMiddleware: true })
  expect(client.middlewareStack.identify()).toEqual(plain.middlewareStack.identify())
  client.destroy()
  plain.destroy()
})
