import { describe, expect, test } from 'vitest'
import {
  fromEventSourceMapping,
  functionInvoker,
  localQueue,
  workerInvoker,
} from '../../src/testing/index.ts'
import { queueFixture } from './queue-fixture.ts'

const fixture = queueFixture()
const handler = () => undefined

/** What starting with these options, right but for `wrong`, says. */
async function complaint(wrong: Record<string, unknown>): Promise<string> {
  const right = {
    queueUrl: 'http://127.0.0.1:1/000000000000/queue',
    client: fixture.client(),
    invoke: handler,
  }
  return localQueue({ ...right, ...wrong }).then(
    (queue) => queue.stop().then(() => 'started'),
    (error: Error) => `${error.name}: ${error.message}`,
  )
}

describe('wrong options', () => {
  test.each<[Record<string, unknown>, string]>([
    [
      { batchSise: 5 },
      'Option "batchSise" is unknown: did you mean "batchSize"? Allowed: queueUrl, client, invoke, batchSize,',
    ],
    [{ batchSize: 0 }, 'Option "batchSize" is 0. Allowed: a whole number from 1 to 10000.'],
    [{ batchSize: 1.5 }, 'Option "batchSize" is 1.5. Allowed: a whole number from 1 to 10000.'],
    [{ batchSize: '10' }, 'Option "batchSize" is "10". Allowed: a whole number from 1 to 10000.'],
    [
      { batchSize: 11 },
      'batchSize is 11 and maximumBatchingWindowInSeconds is 0. Above 10 messages the window must be at least 1.',
    ],
    [
      { maximumBatchingWindowInSeconds: 301 },
      'Option "maximumBatchingWindowInSeconds" is 301. Allowed: a whole number from 0 to 300.',
    ],
    [{ maximumConcurrency: 0 }, 'Option "maximumConcurrency" is 0. Allowed: a whole number from 1 to 1000.'],
    [
      { reportBatchItemFailures: 'yes' },
      'Option "reportBatchItemFailures" is "yes". Allowed: true or false.',
    ],
    [{ client: undefined }, 'Option "client" is undefined. Allowed: an SQSClient'],
    [{ queueUrl: 'queue' }, 'Option "queueUrl" is "queue". Allowed: the URL of an SQS queue.'],
    [{ client: {} }, 'Option "client" is an object. Allowed: an SQSClient, or an object with its "send".'],
    [
      { invoke: 'handler' },
      'Option "invoke" is "handler". Allowed: a handler function, or an invoker such as',
    ],
    [
      { faults: { deliverTwise: handler } },
      'Option "faults.deliverTwise" is unknown: did you mean "faults.deliverTwice"? Allowed: deliverTwice, loseDelete.',
    ],
    [{ faults: { loseDelete: true } }, 'Option "faults.loseDelete" is true. Allowed: a function.'],
    [{ onEvent: 'log' }, 'Option "onEvent" is "log". Allowed: a function.'],
  ])('%o is refused by name, with what was given and what is allowed', async (wrong, sentence) => {
    const text = await complaint(wrong)
    expect(text).toContain('ConfigError: localQueue: ')
    expect(text).toContain(sentence)
  })

  test('all problems come in one error', async () => {
    const text = await complaint({ batchSize: 0, maximumConcurrency: 0 })
    expect(text).toContain('"batchSize"')
    expect(text).toContain('"maximumConcurrency"')
  })

  test('options that are no object are refused', async () => {
    // A caller without types.
    await expect(localQueue(undefined as never)).rejects.toThrow(
      'The options object is undefined. Allowed: an object.',
    )
  })
})

describe('what Lambda would refuse', () => {
  test('a visibility timeout shorter than the timeout of the function', async () => {
    const { queueUrl } = await fixture.queues({ visibilityTimeout: 2 })
    const invoke = functionInvoker({ handler, timeoutMs: 2_001 })
    expect(await complaint({ queueUrl, invoke })).toContain(
      "the queue's visibility timeout is 2 s, shorter than the function's timeout of 2.001 s",
    )
    expect(await complaint({ queueUrl, invoke: functionInvoker({ handler, timeoutMs: 2_000 }) })).toBe(
      'started',
    )
  })

  test('a batch beyond ten or a window on a FIFO queue', async () => {
    const { queueUrl } = await fixture.queues({ fifo: true })
    expect(await complaint({ queueUrl, maximumBatchingWindowInSeconds: 1 })).toContain(
      'Allowed on a FIFO queue: 0',
    )
    expect(await complaint({ queueUrl, batchSize: 11, maximumBatchingWindowInSeconds: 1 })).toContain(
      'batchSize is 11. Allowed on a FIFO queue: 1 to 10.',
    )
  })
})

describe('the settings of an event source mapping', () => {
  test("what is left out gets Lambda's defaults: the response is not read", () => {
    expect(fromEventSourceMapping({})).toEqual({
      batchSize: 10,
      maximumBatchingWindowInSeconds: 0,
      reportBatchItemFailures: false,
    })
  })

  test('become options of the same meaning', () => {
    const properties = {
      BatchSize: 100,
      MaximumBatchingWindowInSeconds: 5,
      ScalingConfig: { MaximumConcurrency: 20 },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      EventSourceArn: 'arn:aws:sqs:us-east-1:000000000000:queue',
    }
    expect(fromEventSourceMapping(properties)).toEqual({
      batchSize: 100,
      maximumBatchingWindowInSeconds: 5,
      maximumConcurrency: 20,
      reportBatchItemFailures: true,
    })
  })

  test('what Lambda refuses is refused', () => {
    expect(() => fromEventSourceMapping({ ScalingConfig: { MaximumConcurrency: 1 } })).toThrow(
      'Allowed: 2 to 1000',
    )
    expect(() => fromEventSourceMapping({ FunctionResponseTypes: ['ReportBatchFailures'] })).toThrow(
      'Allowed: "ReportBatchItemFailures"',
    )
  })
})

describe('wrong options of a worker invoker', () => {
  test.each<[Record<string, unknown>, string]>([
    [{ modul: 'x' }, 'Option "modul" is unknown: did you mean "module"?'],
    [
      { timeoutMs: 0 },
      'Option "timeoutMs" is 0. Allowed: a whole number from 1 to 900000, with managedInstances to 5400000.',
    ],
    [
      { timeoutMs: 900_001 },
      'Option "timeoutMs" is 900001. Allowed: a whole number from 1 to 900000, with managedInstances to 5400000.',
    ],
    [
      { timeoutMs: 5_400_001, managedInstances: { maxConcurrency: 2 } },
      'Option "timeoutMs" is 5400001. Allowed: a whole number from 1 to 5400000.',
    ],
    [{ output: 'pipe' }, 'Option "output" is "pipe". Allowed: "inherit" or "ignore".'],
    [{ module: 7 }, 'Option "module" is 7. Allowed: a path or a file: URL.'],
  ])('%o is refused by name', (wrong, sentence) => {
    // A caller without types.
    expect(() => workerInvoker({ module: 'handler.ts', ...wrong } as never)).toThrow(sentence)
  })
})

test('a function may take fifteen minutes, and ninety where nothing ends it: on Managed Instances', async () => {
  const managedInstances = { maxConcurrency: 2 }
  for (const invoker of [
    workerInvoker({ module: 'handler.ts', timeoutMs: 900_000 }),
    workerInvoker({ module: 'handler.ts', timeoutMs: 5_400_000, managedInstances }),
    functionInvoker({ handler: () => {}, timeoutMs: 5_400_000 }),
  ]) {
    expect(invoker.timeoutMs).toBeGreaterThanOrEqual(900_000)
    await invoker.close()
  }
})
