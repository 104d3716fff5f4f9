import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest'
import { dynamoStore } from '../../src/index.ts'
import type { HeldClaim, RecordStore, Settlement, SettleOutcome } from '../../src/store/contract.ts'
import { completion, context, extending, heldBy, releasing, requests } from './asks.ts'
import { type LocalTable, startLocalTable } from './local-table.ts'
import { type TappedClient, tappedClient } from './tapped-client.ts'

let local: LocalTable
let client: TappedClient
let store: RecordStore

beforeAll(async () => {
  local = await startLocalTable()
  client = tappedClient(local.client)
})
afterAll(() => local.stop())
beforeEach(() => {
  client.reset()
  store = dynamoStore({ table: local.table, client })
})

describe('settlements of one turn', () => {
  it('ten in one call are one request', async () => {
    const claims = await claimed(10)
    const outcomes = await store.settle(
      claims.map((claim) => completion(claim)),
      context(),
    )
    expect(outcomes).toEqual(completions(10))
    expect(sizes()).toEqual([10])
  })

  it('ten in ten calls are one request too', async () => {
    const claims = await claimed(10)
    expect(await each(claims.map((claim) => completion(claim)))).toEqual(completions(10))
    expect(sizes()).toEqual([10])
  })

  it('one alone goes as a single item', async () => {
    const [claim] = await claimed(1)
    await each([completion(claim ?? none())])
    expect(client.operations()).toEqual(['UpdateItem'])
  })

  it('completions, releases and extensions go together', async () => {
    const [a, b, c] = await claimed(3)
    const outcomes = await each([completion(a ?? none()), releasing(b ?? none()), extending(c ?? none())])
    expect(outcomes.map((outcome) => outcome.kind)).toEqual(['completed', 'released', 'extended'])
    expect(sizes()).toEqual([3])
  })
})

test('a settlement leaves at once when nothing is in flight; those that arrive meanwhile go together in the next', async () => {
  const claims = await claimed(10)
  const [first, ...rest] = claims.map((claim) => completion(claim))
  const gate = holdFirst()
  const outcomes = [store.settle([first ?? none()], context())]
  await gate.reached
  for (const settlement of rest) {
    outcomes.push(store.settle([settlement], context()))
    await turn()
  }
  expect(client.operations(), 'nothing else while one is in flight').toEqual(['UpdateItem'])
  gate.open()
  expect((await Promise.all(outcomes)).flat()).toEqual(completions(10))
  expect(client.operations()).toEqual(['UpdateItem', 'BatchExecuteStatement'])
  expect(sizes()).toEqual([9])
})

test('no request names an item twice: the second settlement of a claim goes in the next one', async () => {
  const claims = await claimed(3)
  const leaseUntil = Date.now() + 90_000
  const outcomes = await each([
    ...claims.map((claim) => extending(claim, leaseUntil)),
    ...claims.map((claim) => completion(claim)),
  ])
  expect(outcomes.map((outcome) => outcome.kind)).toEqual([
    ...Array(3).fill('extended'),
    ...Array(3).fill('completed'),
  ])
  expect(sizes()).toEqual([3, 3])
  for (const { input } of client.calls) {
    const ids = (input.Statements ?? []).map((one) => /"id"='([^']+)'/.exec(one.Statement ?? '')?.[1])
    expect(ids).not.toContain(undefined)
    expect(new Set(ids).size).toBe(ids.length)
  }
})

test('more than 25 go in parallel requests of at most 25, at most sixteen at once', async () => {
  const claims = await claimed(500)
  let inFlight = 0
  let most = 0
  client.tap(async (_call, forward) => {
    most = Math.max(most, ++inFlight)
    await turn()
    const output = await forward()
    inFlight--
    return output
  })
  const outcomes = await store.settle(
    claims.map((claim) => completion(claim)),
    context(),
  )
  expect(outcomes).toEqual(completions(500))
  expect(sizes()).toEqual(Array(20).fill(25))
  expect(most).toBe(16)
})

test('claims of more than 25 go in parallel requests of at most 25, reads in requests of at most 100', async () => {
  await store.claim(requests(60), context())
  expect(sizes()).toEqual([25, 25, 10])
  client.reset()
  await store.claim(requests(130, { redelivered: true }), context())
  const reads = client.calls.map((one) => one.input.RequestItems?.[local.table])
  expect(reads.filter((read) => read !== undefined).map((read) => read?.Keys?.length)).toEqual([100, 30])
  expect(reads.every((read) => read === undefined || read.ConsistentRead === true)).toBe(true)
})

test('a group that fails as a whole is settled one by one, and each recognises its own write', async () => {
  const claims = await claimed(5)
  client.tap(async ({ operation }, forward) => {
    const output = await forward()
    // Applied, and the answer lost.
    if (operation === 'BatchExecuteStatement') throw Object.assign(new Error('reset'), { name: 'ECONNRESET' })
    return output
  })
  expect(await each(claims.map((claim) => completion(claim)))).toEqual(completions(5))
  expect(await each(claims.map((claim) => releasing(claim)))).toEqual(
    claims.map(() => ({ kind: 'lease-lost', detail: expect.stringContaining('COMPLETED') })),
  )
})

test('a settlement of a group whose lease is lost does not touch the others', async () => {
  const claims = await claimed(3)
  const strange = { ...(claims[1] ?? none()), owner: 'somebody-else-entirely' }
  const outcomes = await each(
    [claims[0] ?? none(), strange, claims[2] ?? none()].map((claim) => completion(claim)),
  )
  expect(outcomes.map((outcome) => outcome.kind)).toEqual(['completed', 'lease-lost', 'completed'])
})

test('after a group has failed the next one goes out: nothing is stuck behind it', async () => {
  const claims = await claimed(4)
  client.tap(() => Promise.reject(Object.assign(new Error('down'), { name: 'InternalServerError' })))
  const failing = await store.settle(
    claims.slice(0, 2).map((claim) => completion(claim)),
    context(200),
  )
  expect(failing.map((outcome) => outcome.kind)).toEqual(['unknown', 'unknown'])
  client.tap(undefined)
  expect(await each(claims.map((claim) => completion(claim)))).toEqual(completions(4))
})

/** Claims of new ids; forgets how they were made. */
async function claimed(count: number): Promise<HeldClaim[]> {
  const asked = requests(count)
  const outcomes = await store.claim(asked, context())
  client.reset()
  return asked.map((one, index) => heldBy(one, outcomes[index]))
}

/** Each in a call of its own, all in one turn. */
async function each(settlements: readonly Settlement[]): Promise<SettleOutcome[]> {
  const outcomes = await Promise.all(settlements.map((settlement) => store.settle([settlement], context())))
  return outcomes.flat()
}

function completions(count: number): SettleOutcome[] {
  return Array.from({ length: count }, () => ({ kind: 'completed', duplicateEffect: false }))
}

/** Statements in each batch, in order. */
function sizes(): number[] {
  return client.calls.flatMap(({ input }) => (input.Statements ? [input.Statements.length] : []))
}

/** Holds the first request until it is let go. */
function holdFirst(): { readonly reached: Promise<void>; open(): void } {
  const reached = Promise.withResolvers<void>()
  const opened = Promise.withResolvers<void>()
  let held = false
  client.tap(async (_call, forward) => {
    if (!held) {
      held = true
      reached.resolve()
      await opened.promise
    }
    return forward()
  })
  return { reached: reached.promise, open: opened.resolve }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

function none(): never {
  throw new Error('there is one for each')
}
