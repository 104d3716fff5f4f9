import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { dynamoStore } from '../../src/index.ts'
import type { HeldClaim, RecordStore } from '../../src/store/contract.ts'
import { completion, context, releasing, request, stuck, token } from './asks.ts'
import { type LocalTable, startLocalTable } from './local-table.ts'
import { serviceError, type TappedClient, tappedClient } from './tapped-client.ts'

let local: LocalTable
let client: TappedClient
let store: RecordStore
/** A claim whose record is gone: deleted by time to live or by an operator while its handler ran. */
let gone: HeldClaim

beforeAll(async () => {
  local = await startLocalTable()
  client = tappedClient(local.client)
})
afterAll(() => local.stop())
beforeEach(() => {
  client.reset()
  store = dynamoStore({ table: local.table, client })
  gone = { id: `test#${token()}`, owner: token(), fence: Date.now(), attempt: 1, fingerprint: 'payload' }
})

describe('complete, record absent: what lands before the conditional put decides', () => {
  it('the completion of another: success, and a duplicate effect', async () => {
    const other = stuck({ id: gone.id, status: 'COMPLETED' })
    beforePut(() => local.put(other))
    expect(await store.settle([completion(gone)], context())).toEqual([
      { kind: 'completed', duplicateEffect: true },
    ])
    expect(await local.get(gone.id)).toMatchObject({ owner: other.owner })
  })

  it('the claim of another: lease lost, nothing touched', async () => {
    const other = stuck({ id: gone.id })
    beforePut(() => local.put(other))
    expect(await store.settle([completion(gone)], context())).toMatchObject([{ kind: 'lease-lost' }])
    expect(await local.get(gone.id)).toMatchObject({ owner: other.owner, status: 'IN_PROGRESS' })
  })

  it('the own put, its answer lost: success, recognised by its owner', async () => {
    let lost = 0
    client.tap(async ({ operation }, forward) => {
      const output = await forward()
      if (operation === 'PutItem' && lost++ === 0) throw serviceError('InternalServerError')
      return output
    })
    expect(await store.settle([completion(gone)], context())).toEqual([
      { kind: 'completed', duplicateEffect: false },
    ])
    expect(client.operations().filter((operation) => operation === 'PutItem')).toHaveLength(2)
  })

  it('nothing, and the put never comes through: unknown, never success', async () => {
    client.tap(({ operation }, forward) =>
      operation === 'PutItem' ? Promise.reject(serviceError('InternalServerError')) : forward(),
    )
    expect(await store.settle([completion(gone)], context(400))).toMatchObject([
      { kind: 'unknown', error: { name: 'InternalServerError' } },
    ])
    expect(client.operations().filter((operation) => operation === 'PutItem').length).toBeGreaterThan(3)
    expect(await local.get(gone.id)).toBeUndefined()
  })
})

describe('a settlement that fails in passing', () => {
  it.each([
    ['a completion', (claim: HeldClaim) => completion(claim), 'completed'],
    ['a release', (claim: HeldClaim) => releasing(claim), 'released'],
  ])('%s is tried again until its deadline', async (_, make, kind) => {
    const asked = request()
    const [granted] = await store.claim([asked], context())
    const fence = granted?.kind === 'claimed' ? granted.fence : 0
    client.reset()
    failFirst(6)
    const settlement = make({ ...gone, id: asked.id, owner: asked.owner, fence })
    expect(await store.settle([settlement], context())).toMatchObject([{ kind }])
    expect(client.operations()).toHaveLength(7)
    client.reset()
    failFirst(Infinity)
    expect(await store.settle([settlement], context(300))).toMatchObject([{ kind: 'unknown' }])
    expect(client.operations().length).toBeGreaterThan(3)
  })

  it('of a kind that nobody knows: four times', async () => {
    client.tap(() => Promise.reject(new Error('who knows')))
    expect(await store.settle([completion(gone)], context())).toEqual([
      { kind: 'unknown', error: new Error('who knows') },
    ])
    expect(client.operations()).toHaveLength(4)
  })

  it('is not tried again when waiting does not help', async () => {
    client.tap(() => Promise.reject(serviceError('AccessDeniedException')))
    expect(await store.settle([completion(gone)], context())).toMatchObject([
      {
        kind: 'unknown',
        error: { code: 'STORE_MISCONFIGURED', message: expect.stringContaining('dynamodb:PartiQLUpdate') },
      },
    ])
    expect(client.operations()).toEqual(['UpdateItem'])
  })
})

function beforePut(meanwhile: () => Promise<void>): void {
  client.tap(async ({ operation }, forward) => {
    if (operation === 'PutItem') await meanwhile()
    return forward()
  })
}

function failFirst(count: number): void {
  let failed = 0
  client.tap((_call, forward) =>
    failed++ < count ? Promise.reject(serviceError('InternalServerError')) : forward(),
  )
}
