import { describe, expect, it, test } from 'vitest'
import { dynamoStore } from '../../src/index.ts'
import type { HeldClaim } from '../../src/store/contract.ts'
import { completion, context, releasing, request, token } from './asks.ts'
import { serviceError } from './tapped-client.ts'

/** What the fake client is asked; only what the store reads of an answer is in its answers. */
interface Asked {
  readonly operation: string
  readonly statements: number
}

/** A store on a client that answers as told. */
function storeOn(answer: (asked: Asked) => unknown) {
  const asked: Asked[] = []
  const client = {
    async send(command: { readonly input: { readonly Statements?: readonly unknown[] } }) {
      const operation = command.constructor.name.replace(/Command$/, '')
      const one = { operation, statements: command.input.Statements?.length ?? 0 }
      asked.push(one)
      return answer(one)
    },
  }
  return { store: dynamoStore({ table: 'records', client }), asked }
}

const refused = (item?: object): Error =>
  Object.assign(serviceError('ConditionalCheckFailedException'), { Item: item })

function claims(count: number): HeldClaim[] {
  return Array.from({ length: count }, () => {
    return { id: `test#${token()}`, owner: token(), fence: 7, attempt: 1, fingerprint: undefined }
  })
}

describe('a condition that failed on an item which then cannot be read', () => {
  const down = serviceError('InternalServerError')

  it('leaves a claim unavailable: nothing is known', async () => {
    const { store } = storeOn(({ operation }) => {
      throw operation === 'GetItem' ? down : refused()
    })
    const outcomes = await store.claim([request()], context(300))
    expect(outcomes).toEqual([{ kind: 'unavailable', error: down, reason: undefined }])
  })

  it('leaves a completion unknown, in a group too; its neighbour is completed', async () => {
    const { store } = storeOn(({ operation }) => {
      if (operation === 'GetItem') throw down
      return { Responses: [{ Error: { Code: 'ConditionalCheckFailed' } }, {}] }
    })
    const outcomes = await store.settle(
      claims(2).map((claim) => completion(claim)),
      context(300),
    )
    expect(outcomes).toEqual([
      { kind: 'unknown', error: down },
      { kind: 'completed', duplicateEffect: false },
    ])
  })
})

describe('a settlement refused though the record is still the owner’s own', () => {
  const own = (claim: HeldClaim) =>
    refused({
      id: { S: claim.id },
      schemaVersion: { N: '1' },
      status: { S: 'IN_PROGRESS' },
      owner: { S: claim.owner },
      fence: { N: String(claim.fence) },
    })
  const kinds = [
    ['a completion', (claim: HeldClaim) => completion(claim), 'completed'],
    ['a release', (claim: HeldClaim) => releasing(claim), 'released'],
  ] as const

  it.each(kinds)('%s is tried again', async (_, make, kind) => {
    const [claim] = claims(1)
    if (claim === undefined) throw new Error('there is one')
    let count = 0
    const { store } = storeOn(() => {
      if (++count < 3) throw own(claim)
      return {}
    })
    expect(await store.settle([make(claim)], context())).toMatchObject([{ kind }])
    expect(count).toBe(3)
  })

  it.each(kinds)('%s is unknown after three times, never success', async (_, make) => {
    const [claim] = claims(1)
    if (claim === undefined) throw new Error('there is one')
    const { store, asked } = storeOn(() => {
      throw own(claim)
    })
    expect(await store.settle([make(claim)], context())).toMatchObject([{ kind: 'unknown' }])
    expect(asked).toHaveLength(3)
  })
})

test('half a group leaves beside a request in flight, a full one beside two; fewer wait', async () => {
  const first = Promise.withResolvers<unknown>()
  const { store, asked } = storeOn(async ({ statements }) => {
    await first.promise
    return { Responses: Array.from({ length: statements }, () => ({})) }
  })
  const all: Promise<unknown>[] = []
  const sizesAfter = async (count: number) => {
    all.push(
      store.settle(
        claims(count).map((claim) => completion(claim)),
        context(),
      ),
    )
    await turns()
    return asked.map(({ statements }) => statements)
  }
  expect(await sizesAfter(2)).toEqual([2])
  expect(await sizesAfter(11)).toEqual([2])
  expect(await sizesAfter(1)).toEqual([2, 12])
  expect(await sizesAfter(24)).toEqual([2, 12])
  expect(await sizesAfter(1)).toEqual([2, 12, 25])
  first.resolve({})
  expect((await Promise.all(all)).flat()).toHaveLength(39)
})

async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
}

describe('an item that comes with a failed condition and is not the whole of it', () => {
  const whole = (id: string) => ({
    id: { S: id },
    schemaVersion: { N: '1' },
    status: { S: 'COMPLETED' },
    owner: { S: 'another' },
    fence: { N: '7' },
    attempts: { N: '1' },
    expiresAt: { N: String(Date.now() + 600_000) },
  })

  it.each([
    ['empty', () => ({})],
    ['of keys only', (id: string) => ({ id: { S: id } })],
  ])('%s: is read instead, alone and in a batch', async (_, part) => {
    for (const count of [1, 3]) {
      const requested = Array.from({ length: count }, () => request())
      const [first] = requested
      const { store, asked } = storeOn(({ operation }) => {
        if (operation === 'GetItem') return { Item: whole(first?.id ?? '') }
        const Item = part(first?.id ?? '')
        if (operation === 'PutItem') throw refused(Item)
        return { Responses: [{ Error: { Code: 'DuplicateItem', Item } }, {}, {}] }
      })
      const outcomes = await store.claim(requested, context())
      expect(outcomes.map(({ kind }) => kind)).toEqual(['duplicate', 'claimed', 'claimed'].slice(0, count))
      expect(asked.map(({ operation }) => operation)).toContain('GetItem')
    }
  })

  it('and the whole of it is taken as it is', async () => {
    const one = request()
    const { store, asked } = storeOn(() => {
      throw refused(whole(one.id))
    })
    expect(await store.claim([one], context())).toMatchObject([{ kind: 'duplicate' }])
    expect(asked.map(({ operation }) => operation)).toEqual(['PutItem'])
  })
})
