import { describe, expect, test } from 'vitest'
import type { SqsEvent } from '../../src/testing/index.ts'
import { queueFixture } from './queue-fixture.ts'

const fixture = queueFixture({ concurrent: true })

/** Sends three messages, answers the first delivery with `respond`, everything later with success. */
async function answerOnce(
  respond: (ids: string[]) => unknown,
  options: { reportBatchItemFailures?: boolean } = {},
) {
  const { queueUrl } = await fixture.queues({ visibilityTimeout: 2 })
  await fixture.send(queueUrl, ['a', 'b', 'c'])
  const deliveries: string[][] = []
  const { queue, events } = await fixture.start({
    queueUrl,
    maximumConcurrency: 1,
    ...options,
    invoke: {
      timeoutMs: 1_000,
      async invoke({ Records }: SqsEvent) {
        deliveries.push(Records.map(({ body }) => body).sort())
        if (deliveries.length > 1) return { kind: 'returned', payload: '{"batchItemFailures":[]}' }
        const answer = respond(Records.map(({ messageId }) => messageId))
        if (answer instanceof Error) return { kind: 'failed', reason: 'threw', error: answer.message }
        return { kind: 'returned', payload: typeof answer === 'string' ? answer : JSON.stringify(answer) }
      },
      async close() {},
    },
  })
  await queue.empty({ timeoutMs: 20_000 })
  await queue.stop()
  return { deliveries, events }
}

describe.concurrent('with partial batch responses', () => {
  test.each([
    ['an empty list', { batchItemFailures: [] }],
    ['no list', {}],
    ['a null list', { batchItemFailures: null }],
    ['a null response', null],
  ])('%s deletes the whole batch', async (_name, response) => {
    const { deliveries } = await answerOnce(() => response)
    expect(deliveries).toEqual([['a', 'b', 'c']])
  })

  test('a listed identifier brings back that message alone', async () => {
    const { deliveries } = await answerOnce(([, second]) => ({
      batchItemFailures: [{ itemIdentifier: second }],
    }))
    expect(deliveries).toEqual([['a', 'b', 'c'], ['b']])
  })

  test.each<[string, (ids: string[]) => unknown]>([
    [
      'an unknown identifier',
      ([first]) => ({ batchItemFailures: [{ itemIdentifier: first }, { itemIdentifier: 'x' }] }),
    ],
    ['an empty identifier', () => ({ batchItemFailures: [{ itemIdentifier: '' }] })],
    ['a null identifier', () => ({ batchItemFailures: [{ itemIdentifier: null }] })],
    ['a misnamed identifier', ([first]) => ({ batchItemFailures: [{ messageId: first }] })],
    ['a bare identifier', ([first]) => ({ batchItemFailures: [first] })],
    ['a list that is an object', () => ({ batchItemFailures: {} })],
    ['a response that is no object', () => '"done"'],
    ['invalid JSON', () => '{"batchItemFailures":['],
    ['a function error', () => new Error('boom')],
  ])('%s brings back the whole batch', async (_name, respond) => {
    const { deliveries } = await answerOnce(respond)
    expect(deliveries.flat().sort()).toEqual(['a', 'a', 'b', 'b', 'c', 'c'])
    expect(deliveries[0]).toEqual(['a', 'b', 'c'])
  })
})

describe.concurrent('without partial batch responses', () => {
  test('the response is not read and reported failures are deleted', async () => {
    const { deliveries } = await answerOnce(
      (ids) => ({ batchItemFailures: ids.map((id) => ({ itemIdentifier: id })) }),
      {
        reportBatchItemFailures: false,
      },
    )
    expect(deliveries).toEqual([['a', 'b', 'c']])
  })

  test('a function error still brings back the whole batch', async () => {
    const { deliveries } = await answerOnce(() => new Error('boom'), { reportBatchItemFailures: false })
    expect(deliveries.flat()).toHaveLength(6)
  })
})
