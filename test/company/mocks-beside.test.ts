import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { DynamoDBClient, ProvisionedThroughputExceededException } from '@aws-sdk/client-dynamodb'
import FakeTimers from '@sinonjs/fake-timers'
import { mockClient } from 'aws-sdk-client-mock'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { sqsHandler } from '../../src/lambda/sqs-handler.ts'
import { LOCAL_CREDENTIALS, LOCAL_REGION, localEnvironment } from '../servers/clients.ts'
import { type LocalTable, startLocalTable } from '../store/local-table.ts'
import { outcomes, type Row } from './outcomes.ts'
import type { Stage, Subject } from './scene.ts'

const environment = { ...process.env }
let local: LocalTable
beforeAll(async () => {
  local = await startLocalTable()
  Object.assign(process.env, localEnvironment({ dynamodb: local.endpoint }))
})
afterAll(() => {
  process.env = { ...environment }
  return local.stop()
})
afterEach(() => void vi.useRealTimers())

type Mock = ReturnType<typeof mockClient>

/** A handler on the default client, with something in its way while it is called. */
const during =
  (begin: () => () => unknown) =>
  (stage: Stage): Subject => {
    const handler = sqsHandler(stage.options, ({ body }) => stage.work(body))
    return async (event, context) => {
      const end = begin()
      try {
        return await handler(event as never, context)
      } finally {
        end()
      }
    }
  }

/** The class is mocked: every client of it, also one that was made before. */
const mocked = (behave: (mock: Mock) => unknown) =>
  during(() => {
    const mock = mockClient(DynamoDBClient)
    behave(mock)
    return () => mock.restore()
  })
const faked = (options?: Parameters<typeof vi.useFakeTimers>[0]) =>
  during(() => {
    vi.useFakeTimers(options)
    return () => vi.useRealTimers()
  })
const installed = (config?: Parameters<typeof FakeTimers.install>[0]) =>
  during(() => {
    const clock = FakeTimers.install({ now: Date.now(), ...config })
    return () => clock.uninstall()
  })
const throttled = new ProvisionedThroughputExceededException({ message: 'slow down', $metadata: {} })
const inTwoYears = () => Date.now() + 2 * 365 * 86_400_000
const GLOBALS = [
  'setTimeout',
  'setInterval',
  'setImmediate',
  'Date',
  'performance',
  'queueMicrotask',
] as const

const row = (
  neighbour: string,
  subject: Row['subjects'][number],
  todo: string,
  more: Partial<Row> = {},
): Row => ({
  neighbour,
  where: 'the default client',
  subjects: [subject],
  todo,
  ...more,
})

outcomes(
  'mocks',
  [
    row(
      '`mockClient(DynamoDBClient)` that answers nothing',
      mocked(() => {}),
      'give `store: memoryStore()`: the mock is for your own requests then',
      { says: /client\.send\(\w+\) answered with undefined.*/ },
    ),
    row(
      '`mockClient(DynamoDBClient)` that rejects as a throttled table does',
      mocked((mock) => mock.rejects(throttled)),
      'right, to see what a table that does not answer costs',
      { says: /Not run: the store did not answer.*/, conditions: { remainingMs: 2_000 } },
    ),
    row(
      '`mockClient(client)` of a client of your own',
      during(() => {
        const client = new DynamoDBClient({ region: LOCAL_REGION, credentials: LOCAL_CREDENTIALS })
        const mock = mockClient(client)
        return () => mock.restore()
      }),
      'right: oncekit has its own',
    ),
    row('`vi.useFakeTimers()`', faked(), 'right: oncekit’s timers are real, its wall clock is the fake one'),
    row(
      '`vi.useFakeTimers()` with everything, `setImmediate` among it',
      faked({ toFake: [...GLOBALS] }),
      'as above; a handler that waits for one of them waits for your `advanceTimers`',
    ),
    row(
      '`vi.useFakeTimers({ now })`, two years on',
      faked({ now: inTwoYears() }),
      'fake the time of `memoryStore` alone: a real table has its own, and is followed',
      { says: /Clock off.*/ },
    ),
    row(
      '`@sinonjs/fake-timers` without `nextTick` and `queueMicrotask`',
      installed({ toFake: ['setTimeout', 'setInterval', 'setImmediate', 'Date'] }),
      'right, as `vi.useFakeTimers()`',
    ),
  ],
  () => [local, { table: local.table }],
)

describe('fake timers that replace process.nextTick too, as those of jest and sinon do', () => {
  it('keep a real table from answering: all come back in time, and the next batch runs', async () => {
    const program = join(import.meta.dirname, 'without-next-tick.ts')
    const { stdout } = await promisify(execFile)(process.execPath, [program, local.table], {
      timeout: 50_000,
    })
    expect(JSON.parse(stdout)).toEqual({ back: [2, 0], ran: ['three'] })
  })
})
