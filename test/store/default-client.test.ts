import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test, vi } from 'vitest'
import { dynamoStore } from '../../src/index.ts'
import { systemRuntime } from '../../src/runtime/system.ts'
import { defaultClient } from '../../src/store/dynamodb/client.ts'
import { localEnvironment } from '../servers/clients.ts'
import { completion, context, heldBy, request, requests } from './asks.ts'
import { type LocalTable, startLocalTable } from './local-table.ts'

const environment = { ...process.env }
let local: LocalTable

beforeAll(async () => {
  local = await startLocalTable()
})
afterAll(() => local.stop())
beforeEach(() => {
  Object.assign(process.env, localEnvironment({ dynamodb: local.endpoint }))
})
afterEach(() => {
  process.env = { ...environment }
  vi.restoreAllMocks()
  vi.useRealTimers()
})

describe('the client that is made by default', () => {
  it('is made for the first request: what the environment says by then counts', async () => {
    delete process.env['AWS_ENDPOINT_URL_DYNAMODB']
    const store = dynamoStore({ table: local.table })
    process.env['AWS_ENDPOINT_URL_DYNAMODB'] = local.endpoint
    const asked = requests(3)
    const outcomes = await store.claim(asked, context())
    expect(outcomes.map(({ kind }) => kind)).toEqual(['claimed', 'claimed', 'claimed'])
    const settled = await store.settle(
      asked.map((one, index) => completion(heldBy(one, outcomes[index]))),
      context(),
    )
    expect(settled.map(({ kind }) => kind)).toEqual(['completed', 'completed', 'completed'])
  })

  it('is mocked by what replaces `send` on the prototype, before its first request and after it', async () => {
    const store = dynamoStore({ table: local.table })
    const before = vi.spyOn(DynamoDBClient.prototype, 'send').mockImplementation(async () => ({}) as never)
    expect(await store.claim([request()], context())).toMatchObject([{ kind: 'claimed' }])
    expect(before).toHaveBeenCalledTimes(1)
    expect(before.mock.calls[0]?.[0]).toBeInstanceOf(PutItemCommand)
    before.mockRestore()
    const asked = request()
    expect(await store.claim([asked], context())).toMatchObject([{ kind: 'claimed' }])
    expect(await local.get(asked.id)).toMatchObject({ owner: asked.owner })
    const after = vi.spyOn(DynamoDBClient.prototype, 'send').mockImplementation(async () => ({}) as never)
    const mocked = request()
    expect(await store.claim([mocked], context())).toMatchObject([{ kind: 'claimed' }])
    expect(after).toHaveBeenCalledTimes(1)
    expect(await local.get(mocked.id)).toBeUndefined()
  })

  it('has nothing replaced: its own `send` and protocol are those of the SDK', () => {
    const client = defaultClient()
    expect(Object.hasOwn(client, 'send')).toBe(false)
    const plain = new DynamoDBClient({})
    expect(Object.getOwnPropertyNames(client.config.protocol)).toEqual(
      Object.getOwnPropertyNames(plain.config.protocol),
    )
    client.destroy()
    plain.destroy()
  })

  it('without a Region: a misconfiguration that says what to set', async () => {
    for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION']) delete process.env[name]
    process.env['AWS_CONFIG_FILE'] = '/nowhere'
    process.env['AWS_SHARED_CREDENTIALS_FILE'] = '/nowhere'
    for (const asked of [[request()], requests(3), requests(3, { redelivered: true })]) {
      await expect(dynamoStore({ table: local.table }).claim(asked, context())).rejects.toMatchObject({
        code: 'STORE_MISCONFIGURED',
        message: expect.stringMatching(/Region is missing\. Set AWS_REGION, or give a client/),
      })
    }
  })

  it('without credentials: a misconfiguration that says what to give', async () => {
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE']) delete process.env[name]
    Object.assign(process.env, {
      AWS_CONFIG_FILE: '/nowhere',
      AWS_SHARED_CREDENTIALS_FILE: '/nowhere',
      AWS_EC2_METADATA_DISABLED: 'true',
    })
    await expect(dynamoStore({ table: local.table }).claim([request()], context())).rejects.toMatchObject({
      code: 'STORE_MISCONFIGURED',
      message: expect.stringMatching(/CredentialsProviderError: .*Give the function an execution role/),
    })
  })

  it.each([
    ['ECONNREFUSED', 'http://127.0.0.1:1', 'ECONNREFUSED 127.0.0.1:1'],
    ['ENOTFOUND', 'http://no-such-host.invalid', 'no-such-host.invalid'],
  ])('%s: unavailable, with the code and the endpoint', async (code, endpoint, place) => {
    process.env['AWS_ENDPOINT_URL_DYNAMODB'] = endpoint
    const [outcome] = await dynamoStore({ table: local.table }).claim([request()], context(800))
    expect(outcome).toMatchObject({
      kind: 'unavailable',
      error: {
        code: 'STORE_UNAVAILABLE',
        message: expect.stringMatching(new RegExp(`(${code}|EAI_AGAIN).*${place.replace(/^\S+ /, '')}`)),
      },
    })
    expect(outcome).toHaveProperty('reason', undefined)
  })
})

describe('timers that a test has faked', () => {
  it.each([
    ['all of them', undefined],
    ['setImmediate alone', { toFake: ['setImmediate'] as const }],
  ])('%s: do not touch the process’s own runtime', async (_, options) => {
    vi.useFakeTimers(options && { toFake: [...options.toFake] })
    const store = dynamoStore({ table: local.table })
    const asked = requests(3)
    const outcomes = await store.claim(asked, context())
    expect(outcomes.map(({ kind }) => kind)).toEqual(['claimed', 'claimed', 'claimed'])
    expect(
      await store.settle([completion(heldBy(asked[0] ?? request(), outcomes[0]))], context()),
    ).toMatchObject([{ kind: 'completed' }])
  })

  it('are not those of the runtime: its clocks go on, its timers fire; the wall clock is the faked one', async () => {
    vi.useFakeTimers({ now: 1_000 })
    const before = systemRuntime.monotonic()
    await new Promise<void>((resolve) => void systemRuntime.after(5, resolve))
    await new Promise<void>((resolve) => systemRuntime.endOfTurn(resolve))
    expect(systemRuntime.monotonic()).toBeGreaterThan(before)
    expect(systemRuntime.now()).toBe(1_000)
  })
})

test.each([
  ['answers with nothing', () => undefined, 'answered with undefined'],
  ['answers later, with nothing', async () => undefined, 'answered with undefined'],
  ['answers with a text', () => 'ok', 'answered with ok'],
])('a client that %s: misconfigured, at once, without a timer left', async (_, send, said) => {
  let waiting = 0
  const runtime = {
    ...systemRuntime,
    after(ms: number, callback: () => void) {
      waiting++
      const cancel = systemRuntime.after(ms, callback)
      return () => {
        waiting--
        cancel()
      }
    },
  }
  const store = dynamoStore({ table: 'records', client: { send: send as never }, runtime })
  for (const asked of [[request()], requests(3), requests(2, { redelivered: true })]) {
    await expect(store.claim(asked, context())).rejects.toMatchObject({
      code: 'STORE_MISCONFIGURED',
      message: expect.stringMatching(new RegExp(`client\\.send\\(\\w+Command\\) ${said}.*option "client"`)),
    })
  }
  const claim = { id: 'a#b', owner: 'o', fence: 1, attempt: 1, fingerprint: undefined }
  expect(await store.settle([completion(claim)], context())).toMatchObject([
    { kind: 'unknown', error: { code: 'STORE_MISCONFIGURED' } },
  ])
  await new Promise((resolve) => setImmediate(resolve))
  expect(waiting).toBe(0)
})

test('a client that throws instead of rejecting is taken as one that rejects', async () => {
  let count = 0
  const client = {
    send(): Promise<unknown> {
      if (count++ === 0) throw Object.assign(new Error('slow down'), { name: 'ThrottlingException' })
      throw Object.assign(new Error('denied'), { name: 'AccessDeniedException' })
    },
  }
  const store = dynamoStore({ table: 'records', client })
  await expect(store.claim([request()], context())).rejects.toMatchObject({ code: 'STORE_MISCONFIGURED' })
  expect(count).toBe(2)
})

test('an error whose name cannot be read is tried a few times and told as it is', async () => {
  const strange = Object.defineProperty(new Error('strange'), 'name', {
    get() {
      throw new Error('no name')
    },
  })
  const store = dynamoStore({ table: 'records', client: { send: () => Promise.reject(strange) } })
  const [outcome] = await store.claim([request()], context())
  expect(outcome?.kind === 'unavailable' && outcome.error === strange).toBe(true)
})
