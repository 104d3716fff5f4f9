import { describe, expect, it, test } from 'vitest'
import { dynamoStore } from '../../src/index.ts'
import { type ManualClock, manualClock } from '../../src/testing/index.ts'
import { call, completion, context, heldBy, request, requests } from './asks.ts'
import { serviceError } from './tapped-client.ts'

interface Sent {
  readonly operation: string
  readonly statements: readonly string[]
}

type Answer = (sent: Sent) => unknown

/** A store on a server of which only the batch forms are told how to answer; single items land. */
function storeOn(answer: Answer, table = 'records', clock?: ManualClock) {
  const sent: Sent[] = []
  const client = {
    async send(command: { readonly input: { readonly Statements?: readonly { Statement: string }[] } }) {
      const operation = command.constructor.name.replace(/Command$/, '')
      const one = {
        operation,
        statements: (command.input.Statements ?? []).map(({ Statement }) => Statement),
      }
      sent.push(one)
      return answer(one)
    },
  }
  const store = dynamoStore({ table, client, ...(clock && { runtime: clock }) })
  const count = (operation: string) => sent.filter((one) => one.operation === operation).length
  return { store, sent, count }
}

const landed = ({ statements }: Sent) => ({ Responses: statements.map(() => ({})) })

function failing(refusal: (sent: Sent) => unknown): Answer {
  return (sent) => (sent.operation === 'BatchExecuteStatement' ? refusal(sent) : {})
}

const REFUSALS = [
  'UnknownOperationException',
  'NotImplemented',
  'NotImplementedException',
  'ValidationException',
  'SerializationException',
  'UnsupportedOperationException',
  'AccessDeniedException',
]

describe.each(REFUSALS)('the batch form refused with %s', (name) => {
  it.each([
    ['as a whole', () => Promise.reject(serviceError(name))],
    [
      'statement by statement',
      ({ statements }: Sent) => ({ Responses: statements.map(() => ({ Error: { Code: name } })) }),
    ],
  ])('%s: single items do the same, with one notice, and go on doing it', async (_, refusal) => {
    const { store, count } = storeOn(failing(refusal))
    const { context: noting, notices } = call()
    for (let round = 1; round <= 3; round++) {
      const asked = requests(5)
      const outcomes = await store.claim(asked, noting)
      expect(outcomes.map(({ kind }) => kind)).toEqual(Array(5).fill('claimed'))
      expect(count('PutItem')).toBe(5 * round)
    }
    expect(count('BatchExecuteStatement')).toBe(1)
    expect(notices).toMatchObject([{ kind: 'batch-denied', operation: 'BatchExecuteStatement' }])
  })

  it('and single items too: misconfigured, for claims and for settlements, and no form is to blame', async () => {
    const { store } = storeOn(() => Promise.reject(serviceError(name)))
    const { context: noting, notices } = call()
    await expect(store.claim(requests(3), noting)).rejects.toMatchObject({ code: 'STORE_MISCONFIGURED' })
    const claims = requests(3).map(({ id, owner }) => ({ id, owner, fence: 7, attempt: 1, fingerprint: 'f' }))
    const outcomes = await store.settle(
      claims.map((claim) => completion(claim)),
      noting,
    )
    expect(outcomes).toMatchObject(Array(3).fill({ kind: 'unknown', error: { code: 'STORE_MISCONFIGURED' } }))
    expect(notices.filter(({ kind }) => kind === 'batch-denied')).toEqual([])
  })
})

test.each([404, 405, 501])('an answer of HTTP %i to the batch form alone: single items', async (status) => {
  const { store, count } = storeOn(
    failing(() => Promise.reject(Object.assign(new Error('?'), { $metadata: { httpStatusCode: status } }))),
  )
  for (let round = 0; round < 2; round++) {
    const outcomes = await store.claim(requests(2), context())
    expect(outcomes.map(({ kind }) => kind)).toEqual(['claimed', 'claimed'])
  }
  expect(count('BatchExecuteStatement')).toBe(1)
})

test('inserts may be refused and updates not: each is given up by itself', async () => {
  const { store, sent } = storeOn(
    failing((one) =>
      one.statements[0]?.startsWith('INSERT')
        ? Promise.reject(serviceError('AccessDeniedException'))
        : landed(one),
    ),
  )
  const asked = requests(3)
  const outcomes = await store.claim(asked, context())
  const claims = asked.map((one, index) => heldBy(one, outcomes[index]))
  await store.settle(
    claims.map((claim) => completion(claim)),
    context(),
  )
  await store.claim(requests(3), context())
  expect(sent.map(({ operation, statements }) => `${operation} ${statements.length}`)).toEqual([
    'BatchExecuteStatement 3',
    ...Array(3).fill('PutItem 0'),
    'BatchExecuteStatement 3',
    ...Array(3).fill('PutItem 0'),
  ])
})

describe.each([
  ['a missing permission', 'AccessDeniedException', 2],
  ['an operation that the server does not know', 'UnknownOperationException', 1],
])('after a minute, the batch form is asked for again after %s', (_, name, times) => {
  it('if that may be granted by then', async () => {
    const clock = manualClock({ now: Date.now(), timers: 'manual' })
    let refused = true
    const { store, count } = storeOn(
      failing((sent) => (refused ? Promise.reject(serviceError(name)) : landed(sent))),
      'records',
      clock,
    )
    const { context: noting, notices } = call(0, { deadline: Infinity })
    await store.claim(requests(2), noting)
    await clock.advance(59_999)
    await store.claim(requests(2), noting)
    expect(count('BatchExecuteStatement')).toBe(1)
    await clock.advance(1)
    await store.claim(requests(2), noting)
    expect(count('BatchExecuteStatement')).toBe(times)
    refused = false
    await clock.advance(60_000)
    await store.claim(requests(2), noting)
    await store.claim(requests(2), noting)
    expect(count('BatchExecuteStatement')).toBe(times === 2 ? 4 : 1)
    expect(notices).toHaveLength(1)
  })
})

describe('one item that is refused by itself, as one with a result that is too large', () => {
  it.each([
    [
      'with its statement alone',
      ({ statements }: Sent) => ({
        Responses: statements.map((text) =>
          text.includes('"result"') ? { Error: { Code: 'ValidationError', Message: 'too large' } } : {},
        ),
      }),
    ],
    [
      'with its whole batch',
      (sent: Sent) =>
        sent.statements.some((text) => text.includes('"result"'))
          ? Promise.reject(serviceError('ValidationException'))
          : landed(sent),
    ],
  ])('%s: is completed without it, and the batch form goes on', async (_, answer) => {
    const { store, count } = storeOn((sent) => {
      if (sent.operation === 'BatchExecuteStatement') return answer(sent)
      return updates++ === 0 ? Promise.reject(serviceError('ValidationException')) : {}
    })
    let updates = 0
    const { context: noting, notices } = call()
    const claims = requests(3).map(({ id, owner }) => ({ id, owner, fence: 7, attempt: 1, fingerprint: 'f' }))
    const settlements = claims.map((claim, index) => completion(claim, index === 0 ? '"huge"' : undefined))
    expect(await store.settle(settlements, noting)).toEqual(
      Array(3).fill({ kind: 'completed', duplicateEffect: false }),
    )
    const before = count('BatchExecuteStatement')
    await store.settle(
      claims.map((claim) => completion(claim)),
      noting,
    )
    expect(count('BatchExecuteStatement')).toBe(before + 1)
    expect(notices).toEqual([])
  })
})

describe('the batch read', () => {
  it.each(['UnknownOperationException', 'ValidationException', 'AccessDeniedException'])(
    'refused with %s: records are read one by one from now on, writes go on in batches',
    async (name) => {
      const { store, count } = storeOn((sent) => {
        if (sent.operation === 'BatchGetItem') return Promise.reject(serviceError(name))
        return landed(sent)
      })
      const { context: noting, notices } = call()
      for (let round = 0; round < 2; round++) {
        const outcomes = await store.claim(requests(3, { redelivered: true }), noting)
        expect(outcomes.map(({ kind }) => kind)).toEqual(Array(3).fill('claimed'))
      }
      expect([count('BatchGetItem'), count('GetItem'), count('BatchExecuteStatement')]).toEqual([1, 6, 2])
      expect(notices).toMatchObject([{ kind: 'batch-denied', operation: 'BatchGetItem' }])
    },
  )

  it('refused and single reads too: misconfigured', async () => {
    const { store } = storeOn(() => Promise.reject(serviceError('AccessDeniedException')))
    await expect(store.claim(requests(3, { redelivered: true }), context())).rejects.toMatchObject({
      code: 'STORE_MISCONFIGURED',
    })
  })
})

describe('a table by its ARN', () => {
  const arn = 'arn:aws:dynamodb:eu-central-1:123456789012:table/name'

  it('is named so in every form, in quotes in statements', async () => {
    const { store, sent } = storeOn(landed, arn)
    const asked = requests(2)
    const outcomes = await store.claim(asked, context())
    await store.settle(
      asked.map((one, index) => completion(heldBy(one, outcomes[index]))),
      context(),
    )
    const texts = sent.flatMap(({ statements }) => statements)
    expect(texts).toHaveLength(4)
    for (const text of texts)
      expect(text).toMatch(/^(INSERT INTO|UPDATE) "arn:aws:dynamodb:eu-central-1:123456789012:table\/name" /)
  })

  it('is not found by a server that takes it for a name in a statement: single items', async () => {
    const { store, count } = storeOn(
      failing(() => Promise.reject(serviceError('ResourceNotFoundException'))),
      arn,
    )
    const outcomes = await store.claim(requests(2), context())
    expect(outcomes.map(({ kind }) => kind)).toEqual(['claimed', 'claimed'])
    expect(count('PutItem')).toBe(2)
  })

  it('is read under whatever name the answer has', async () => {
    const [one, other] = requests(2, { redelivered: true })
    if (one === undefined || other === undefined) throw new Error('there are two')
    const item = (id: string) => ({
      id: { S: id },
      schemaVersion: { N: '1' },
      status: { S: 'COMPLETED' },
      owner: { S: 'another' },
      fence: { N: '1' },
      attempts: { N: '1' },
      expiresAt: { N: String(Date.now() + 600_000) },
    })
    let rounds = 0
    const { store } = storeOn(({ operation }) => {
      if (operation !== 'BatchGetItem') throw serviceError('AccessDeniedException')
      return rounds++ === 0
        ? {
            Responses: { name: [item(one.id)] },
            UnprocessedKeys: { name: { Keys: [{ id: { S: other.id } }] } },
          }
        : { Responses: { name: [item(other.id)] } }
    }, arn)
    const outcomes = await store.claim([one, other], context())
    expect(outcomes.map(({ kind }) => kind)).toEqual(['duplicate', 'duplicate'])
  })
})

test('`batching: false` uses no batch form, and says nothing of it', async () => {
  const operations: string[] = []
  const client = {
    async send(command: object) {
      operations.push(command.constructor.name)
      return {}
    },
  }
  const store = dynamoStore({ table: 'records', client, batching: false })
  const { context: noting, notices } = call()
  await store.claim([...requests(3), request({ redelivered: true })], noting)
  expect(operations.filter((name) => name.startsWith('Batch'))).toEqual([])
  expect(notices).toEqual([])
})
