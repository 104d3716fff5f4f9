import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest'
import { dynamoStore } from '../../src/index.ts'
import type { IdempotencyRecord } from '../../src/protocol/record.ts'
import type { ClaimOutcome, RecordStore } from '../../src/store/contract.ts'
import { completion, context, extending, holderOf, releasing, request, stuck } from './asks.ts'
import { type LocalTable, startLocalTable } from './local-table.ts'
import { type Call, type TappedClient, tappedClient } from './tapped-client.ts'

let local: LocalTable
let client: TappedClient
/** Another host, past the tap. */
let other: RecordStore

beforeAll(async () => {
  local = await startLocalTable()
  client = tappedClient(local.client)
  other = dynamoStore({ table: local.table, client: local.client })
})
afterAll(() => local.stop())
beforeEach(() => client.reset())

describe.each([
  ['many in batches', true, 2],
  ['one alone, batching off', false, 1],
  ['one alone', true, 1],
])('what lands between the look and the takeover wins — %s', (_, batching, count) => {
  it('the completion of the owner: a duplicate, and the record is not taken over', async () => {
    const record = await given()
    const outcome = await takeOver(record, async () => {
      const [settled] = await other.settle([completion(holderOf(record), '"charged"')], context())
      expect(settled).toEqual({ kind: 'completed', duplicateEffect: false })
    })
    expect(outcome).toMatchObject({ kind: 'duplicate', record: { result: '"charged"' } })
    expect(await local.get(record.id)).toMatchObject({ status: 'COMPLETED', owner: record.owner })
  })

  it('a completion by a writer that leaves the lease in place: the status is compared too', async () => {
    const record = await given()
    const outcome = await takeOver(record, () => local.put({ ...record, status: 'COMPLETED' }))
    expect(outcome).toMatchObject({ kind: 'duplicate' })
    expect(await local.get(record.id)).toMatchObject({ status: 'COMPLETED', owner: record.owner })
  })

  it('the extension of the owner: busy until its new lease', async () => {
    const record = await given()
    const leaseUntil = Date.now() + 45_000
    const outcome = await takeOver(record, async () => {
      const [settled] = await other.settle([extending(holderOf(record), leaseUntil)], context())
      expect(settled).toEqual({ kind: 'extended' })
    })
    expect(outcome).toEqual({ kind: 'busy', leaseUntil, reason: 'lease' })
    expect(await local.get(record.id)).toMatchObject({ owner: record.owner, leaseUntil })
  })

  it('the release of the owner: a lost race, reported and not tried a third time', async () => {
    const record = await given()
    const outcome = await takeOver(record, async () => {
      await other.settle([releasing(holderOf(record))], context())
    })
    expect(outcome).toMatchObject({ kind: 'busy', reason: 'race' })
    expect(await local.get(record.id)).toMatchObject({ status: 'FAILED', owner: record.owner })
  })

  it('the takeover of a third host: busy, and the third host keeps it', async () => {
    const record = await given()
    const third = request({ id: record.id, redelivered: true })
    const outcome = await takeOver(record, async () => {
      expect(await other.claim([third], context())).toMatchObject([{ kind: 'claimed' }])
    })
    expect(outcome).toEqual({ kind: 'busy', leaseUntil: third.leaseUntil, reason: 'lease' })
    expect(await local.get(record.id)).toMatchObject({ owner: third.owner })
  })

  it('a third host that takes over and gets stuck itself: a lost race, no loop', async () => {
    const record = await given()
    const outcome = await takeOver(record, async () => {
      await local.put({ ...record, owner: 'third', fence: record.fence + 1 })
    })
    expect(outcome).toMatchObject({ kind: 'busy', reason: 'race' })
    expect(await local.get(record.id)).toMatchObject({ owner: 'third' })
  })

  it('a retry by a third host of what had failed: busy', async () => {
    const record = await given({ status: 'FAILED', leaseUntil: undefined })
    const third = request({ id: record.id })
    const outcome = await takeOver(record, async () => {
      expect(await other.claim([third], context())).toMatchObject([{ kind: 'claimed', origin: 'retry' }])
    })
    expect(outcome).toMatchObject({ kind: 'busy', reason: 'lease' })
    expect(await local.get(record.id)).toMatchObject({ owner: third.owner })
  })

  it('the deletion of the record: a lost race, for nothing is created by a takeover', async () => {
    const record = await given()
    const outcome = await takeOver(record, () => local.delete(record.id))
    expect(outcome).toMatchObject({ kind: 'busy', reason: 'race' })
    expect(await local.get(record.id)).toBeUndefined()
  })

  it('a record deleted and completed again by its owner: a duplicate in its new window', async () => {
    const record = await given({ status: 'COMPLETED', leaseUntil: undefined, expiresAt: Date.now() - 60_000 })
    const again = { ...record, expiresAt: Date.now() + 600_000 }
    const outcome = await takeOver(record, () => local.put(again))
    expect(outcome).toMatchObject({ kind: 'duplicate' })
    expect(await local.get(record.id)).toMatchObject({ status: 'COMPLETED', owner: record.owner })
  })

  async function given(changes: Partial<IdempotencyRecord> = {}): Promise<IdempotencyRecord> {
    const record = stuck(changes)
    await local.put(record)
    return record
  }

  /** Claims `record` by a look and a takeover, with `meanwhile` between the two. */
  async function takeOver(
    record: IdempotencyRecord,
    meanwhile: () => Promise<unknown>,
  ): Promise<ClaimOutcome | undefined> {
    // A store that does not know the clock yet looks first in every form.
    const store = dynamoStore({ table: local.table, client, batching })
    let interfered = 0
    client.tap(async (call, forward) => {
      if (writesOver(call, record.id)) {
        interfered++
        await meanwhile()
      }
      return forward()
    })
    const asked = [request({ id: record.id, redelivered: true }), request({ redelivered: true })]
    const [outcome] = await store.claim(asked.slice(0, count), context())
    expect(interfered, 'one takeover was tried').toBe(1)
    return outcome
  }
})

test('a first delivery that meets a record and then loses the race ends after two writes', async () => {
  const record = stuck()
  await local.put(record)
  const store = dynamoStore({ table: local.table, client })
  client.tap(async (call, forward) => {
    if (writesOver(call, record.id)) await local.put({ ...record, owner: 'third', fence: record.fence + 1 })
    return forward()
  })
  const outcomes = await store.claim([request({ id: record.id }), request()], context())
  expect(outcomes).toMatchObject([{ kind: 'busy', reason: 'race' }, { kind: 'claimed' }])
  // The insert beside another; then the takeover, alone in its turn.
  expect(
    client.calls
      .filter((one) => JSON.stringify(one.input).includes(record.id))
      .map(({ operation }) => operation),
  ).toEqual(['BatchExecuteStatement', 'GetItem', 'UpdateItem'])
})

function writesOver({ operation, input }: Call, id: string): boolean {
  if (operation === 'UpdateItem') return input.Key?.['id']?.S === id
  const statements = input.Statements ?? []
  return statements.some((one) => one.Statement?.startsWith('UPDATE') && one.Statement.includes(id))
}

test.each([1, 2])(
  'an extension that lands after a newer one does not cut its lease (%i at once)',
  async (count) => {
    const records = Array.from({ length: count }, () => stuck())
    for (const record of records) await local.put(record)
    const newest = Date.now() + 90_000
    for (const leaseUntil of [newest, newest - 30_000]) {
      const asked = records.map((record) => extending(holderOf(record), leaseUntil))
      expect(await other.settle(asked, context())).toEqual(asked.map(() => ({ kind: 'extended' })))
    }
    for (const { id } of records) expect((await local.get(id))?.leaseUntil).toBe(newest)
  },
)
