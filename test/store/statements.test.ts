import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { dynamoStore } from '../../src/index.ts'
import type { ClaimRequest, RecordStore } from '../../src/store/contract.ts'
import { toStatement, type Write } from '../../src/store/dynamodb/write.ts'
import {
  completedWrite,
  giveUpWrite,
  insertWrite,
  settleWrite,
  takeOverWrite,
} from '../../src/store/dynamodb/writes.ts'
import { completion, context, extending, holderOf, releasing, request, requests, stuck } from './asks.ts'
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

// `0` stands for any whole number, `…` for any string that is no status.
const CLAIMED = `'status': 'IN_PROGRESS', 'owner': '…', 'fence': 0, 'attempts': 0, 'leaseUntil': 0, 'expiresAt': 0, 'ttl': 0`
const SET_CLAIMED = `"status"='IN_PROGRESS', "owner"='…', "fence"=0, "attempts"=0, "leaseUntil"=0, "expiresAt"=0, "ttl"=0`
const held = (status: string) => `WHERE "id"='…' AND "status"='${status}' AND "owner"='…' AND "fence"=0`
const HELD = held('IN_PROGRESS')

describe('the text of a batch statement', () => {
  test('first delivery: INSERT, which demands that the item is absent', async () => {
    await store.claim(requests(2), context())
    expect(texts()).toEqual([
      `INSERT INTO "records" VALUE {'id': '…', 'schemaVersion': 0, 'firstSeenAt': 0, ${CLAIMED}, 'fingerprint': '…', 'messageId': '…', 'receiveCount': 0}`,
    ])
  })

  test('first delivery without fingerprint and without audit', async () => {
    const bare = { fingerprint: undefined, messageId: undefined, receiveCount: undefined }
    await store.claim(requests(2, bare), context())
    expect(texts()).toEqual([
      `INSERT INTO "records" VALUE {'id': '…', 'schemaVersion': 0, 'firstSeenAt': 0, ${CLAIMED}}`,
    ])
  })

  test('takeover: compares status, owner, fence and lease as read', async () => {
    await overTwo({})
    expect(texts()).toEqual([
      `UPDATE "records" SET ${SET_CLAIMED}, "fingerprint"='…', "messageId"='…', "receiveCount"=0 ${HELD} AND "leaseUntil"=0`,
    ])
  })

  test('claim of a failed record: compares status, owner and fence as read', async () => {
    await overTwo({ status: 'FAILED', leaseUntil: undefined })
    expect(texts()).toEqual([
      `UPDATE "records" SET ${SET_CLAIMED}, "fingerprint"='…', "messageId"='…', "receiveCount"=0 ${held('FAILED')}`,
    ])
  })

  test('claim of a record whose window is over: its result goes', async () => {
    await overTwo({ status: 'COMPLETED', leaseUntil: undefined, expiresAt: Date.now() - 60_000, result: '1' })
    expect(texts()).toEqual([
      `UPDATE "records" SET ${SET_CLAIMED}, "fingerprint"='…', "messageId"='…', "receiveCount"=0 REMOVE "result" ${held('COMPLETED')} AND "expiresAt"=0`,
    ])
  })

  test('complete, with and without result', async () => {
    const [first, second] = [stuck(), stuck()]
    await settleTwo(completion(holderOf(first)), completion(holderOf(second), '"done"'))
    // The records are not there, so two statements more put them.
    expect(texts().slice(0, 2)).toEqual([
      `UPDATE "records" SET "status"='COMPLETED', "completedAt"=0, "expiresAt"=0, "ttl"=0 REMOVE "leaseUntil" ${HELD}`,
      `UPDATE "records" SET "status"='COMPLETED', "completedAt"=0, "expiresAt"=0, "ttl"=0, "result"=? REMOVE "leaseUntil" ${HELD}`,
    ])
  })

  test('release as FAILED and as POISONED', async () => {
    const [first, second] = [stuck(), stuck()]
    await settleTwo(releasing(holderOf(first)), releasing(holderOf(second), 'POISONED'))
    expect(texts()).toEqual([
      `UPDATE "records" SET "status"='FAILED', "failure"='…', "expiresAt"=0, "ttl"=0 REMOVE "leaseUntil" ${HELD}`,
      `UPDATE "records" SET "status"='POISONED', "failure"='…', "expiresAt"=0, "ttl"=0, "poisonedAt"=0 REMOVE "leaseUntil" ${HELD}`,
    ])
  })

  test('extend', async () => {
    await settleTwo(extending(holderOf(stuck())), extending(holderOf(stuck())))
    expect(texts()).toEqual([
      `UPDATE "records" SET "leaseUntil"=0, "expiresAt"=0, "ttl"=0 ${HELD} AND "leaseUntil"<0`,
    ])
  })
})

test('every settlement compares IN_PROGRESS, the owner and the fence: in the order of the text', async () => {
  const record = stuck()
  const claim = holderOf(record)
  for (const one of [
    completion(claim),
    completion(claim, '1'),
    releasing(claim),
    releasing(claim, 'POISONED'),
    extending(claim),
  ]) {
    client.reset()
    await settleTwo(one, extending(holderOf(stuck())))
    const [statement] = client.statements()
    const [compared, raised] =
      statement?.Statement?.split(' WHERE ')[1]?.split(/(?= AND "leaseUntil"<)/) ?? []
    expect(raised).toBe(one.kind === 'extend' ? ` AND "leaseUntil"<${one.leaseUntil}` : undefined)
    expect(compared).toBe(
      `"id"='${claim.id}' AND "status"='IN_PROGRESS' AND "owner"='${claim.owner}' AND "fence"=${claim.fence}`,
    )
  }
})

test('only whole numbers and plain words stand in the text; what could break it is a parameter', () => {
  const bytes = new Uint8Array([1])
  const set = {
    ...{ whole: 7, zero: 0, most: Number.MAX_SAFE_INTEGER, status: 'POISONED', token: '-_aZ09.#' },
    ...{ half: 0.5, below: -1, beyond: 2 ** 53, none: NaN },
    ...{
      quote: "it's",
      double: '"',
      empty: '',
      space: 'a b',
      line: 'a\n',
      accent: 'é',
      long: 'x'.repeat(129),
      bytes,
      result: 'plain',
    },
  }
  const { Statement, Parameters } = toStatement('records', { id: "o'id", set, equals: { owner: 'a?' } })
  expect(Statement).toBe(
    `UPDATE "records" SET "whole"=7, "zero"=0, "most"=9007199254740991, "status"='POISONED', "token"='-_aZ09.#', "half"=?, "below"=?, "beyond"=?, "none"=?, "quote"=?, "double"=?, "empty"=?, "space"=?, "line"=?, "accent"=?, "long"=?, "bytes"=?, "result"=? WHERE "id"=? AND "owner"=?`,
  )
  expect(Parameters).toEqual([
    ...[{ N: '0.5' }, { N: '-1' }, { N: '9007199254740992' }, { N: 'NaN' }],
    ...["it's", '"', '', 'a b', 'a\n', 'é', 'x'.repeat(129)].map((S) => ({ S })),
    ...[{ B: bytes }, { S: 'plain' }, { S: "o'id" }, { S: 'a?' }],
  ])
  expect(toStatement('records', { id: 'n#1', set: { status: 'FAILED' } })).toMatchObject({
    Statement: `INSERT INTO "records" VALUE {'id': 'n#1', 'status': 'FAILED'}`,
  })
})

test('no statement comes with an empty list of parameters, which DynamoDB refuses and the local server takes', async () => {
  await store.claim(requests(2), context())
  await settleTwo(completion(holderOf(stuck()), '"done"'), completion(holderOf(stuck())))
  const counts = client.statements().map(({ Statement, Parameters }) => {
    expect(Parameters?.length).not.toBe(0)
    expect(Statement?.split('?').length).toBe((Parameters?.length ?? 0) + 1)
    return Parameters?.length
  })
  expect(new Set(counts)).toEqual(new Set([undefined, 1]))
})

test('every statement asks for the item that a failed condition met', async () => {
  await overTwo({})
  await settleTwo(extending(holderOf(stuck())), releasing(holderOf(stuck())))
  for (const one of client.statements()) {
    expect(one.ReturnValuesOnConditionCheckFailure).toBe('ALL_OLD')
  }
})

describe('with the longest of every name and value', () => {
  const namespace = 'n'.repeat(64)
  const NAMES = [
    'a-table.with_a-long.name-'.padEnd(255, 'x'),
    `arn:aws-us-gov:dynamodb:us-gov-west-1:123456789012:table/${'t'.repeat(255)}`,
  ]
  /** Every write of the protocol, each field as long as it gets; hyphens in pairs make parameters of them. */
  function writes(filler: string): Write[] {
    const text = (length: number) => filler.repeat(length).slice(0, length)
    const far = Number.MAX_SAFE_INTEGER - 3_600_001
    const asked: ClaimRequest = {
      id: `${namespace}#${text(43)}`,
      owner: text(128),
      fingerprint: text(128),
      leaseUntil: far,
      expiresAt: far,
      redelivered: true,
      sentAt: far,
      messageId: text(128),
      receiveCount: far,
    }
    const met = {
      ...stuck({ ...asked, fence: far - 1, attempts: far - 1, result: text(128) }),
      owner: text(128),
    }
    const claim = holderOf({ ...met, fence: far })
    return [
      insertWrite(asked, far),
      takeOverWrite(asked, met, 'takeover'),
      takeOverWrite(asked, { ...met, status: 'COMPLETED' }, 'expired'),
      giveUpWrite(asked, met, far),
      completedWrite({ kind: 'complete', claim, completedAt: far, expiresAt: far, result: text(300_000) }),
      settleWrite({ kind: 'complete', claim, completedAt: far, expiresAt: far, result: text(300_000) }),
      settleWrite({
        kind: 'release',
        claim,
        status: 'POISONED',
        failure: text(64),
        releasedAt: far,
        expiresAt: far,
      }),
      settleWrite({ kind: 'extend', claim, leaseUntil: far, expiresAt: far }),
      settleWrite({ kind: 'give-back', claim, expiresAt: far }),
    ]
  }

  test.each(['x', '-', 'é', "'", '?'])(
    'of "%s": at most 8,192 characters, as many ? as parameters, no comment',
    (filler) => {
      for (const table of NAMES) {
        for (const write of writes(filler)) {
          const { Statement = '', Parameters } = toStatement(table, write)
          expect(Statement.length).toBeLessThan(2_048)
          expect(Statement.split('?').length - 1).toBe(Parameters?.length ?? 0)
          expect(Parameters?.length).not.toBe(0)
          expect(Statement.replace(`"${table}"`, '')).not.toContain('--')
        }
      }
    },
  )
})

test('a value with two hyphens is a parameter; one with single hyphens is not', () => {
  const { Statement, Parameters } = toStatement('records', {
    id: 'n#a--b',
    set: { owner: '--x', failure: 'a-b-c', messageId: 'x--' },
    equals: { owner: 'y---z' },
  })
  expect(Statement).toBe(
    `UPDATE "records" SET "owner"=?, "failure"='a-b-c', "messageId"=? WHERE "id"=? AND "owner"=?`,
  )
  expect(Parameters).toEqual(['--x', 'x--', 'n#a--b', 'y---z'].map((S) => ({ S })))
})

describe('the single-item form', () => {
  test('first delivery: PutItem of what is absent', async () => {
    await store.claim([request()], context())
    expect(client.operations()).toEqual(['PutItem'])
    expect(client.calls[0]?.input).toMatchObject({
      ConditionExpression: 'attribute_not_exists(id)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    })
  })

  test('redelivery, once the clock is known: one write that takes what is absent, stuck or failed with this payload', async () => {
    await store.claim([request()], context())
    client.reset()
    await store.claim([request({ redelivered: true })], context())
    expect(client.operations()).toEqual(['UpdateItem'])
    const { input } = client.calls[0] ?? {}
    expect(input?.ConditionExpression).toBe(
      'attribute_not_exists(id) OR (#owner <> :owner AND #schemaVersion = :schemaVersion AND #expiresAt >= :stale AND ((#status = :status AND #leaseUntil < :stale) OR #status = :failed) AND (attribute_not_exists(#fingerprint) OR #fingerprint = :fingerprint))',
    )
    expect(input?.UpdateExpression).toBe(
      'SET fence = if_not_exists(fence, :before) + :one, firstSeenAt = if_not_exists(firstSeenAt, :now), #status = :status, #owner = :owner, #leaseUntil = :leaseUntil, #expiresAt = :expiresAt, #ttl = :ttl, #fingerprint = :fingerprint, #messageId = :messageId, #receiveCount = :receiveCount, #schemaVersion = :schemaVersion REMOVE #result ADD attempts :one',
    )
    expect(input).toMatchObject({ ReturnValues: 'ALL_OLD', ReturnValuesOnConditionCheckFailure: 'ALL_OLD' })
    everyNameIsUsed(input)
  })

  test('settlement: the condition of the batch form', async () => {
    for (const one of [completion(holderOf(stuck()), '1'), releasing(holderOf(stuck()), 'POISONED')]) {
      client.reset()
      await store.settle([one], context())
      expect(client.operations()[0]).toBe('UpdateItem')
      const { input } = client.calls[0] ?? {}
      expect(input?.ConditionExpression).toBe(
        '#status = :is_status AND #owner = :is_owner AND #fence = :is_fence',
      )
      everyNameIsUsed(input)
    }
  })

  test('takeover: status, owner, fence and lease as read', async () => {
    const record = stuck()
    await local.put(record)
    store = dynamoStore({ table: local.table, client, batching: false })
    await store.claim([request({ id: record.id })], context())
    expect(client.operations()).toEqual(['PutItem', 'UpdateItem'])
    const { input } = client.calls[1] ?? {}
    expect(input?.ConditionExpression).toBe(
      '#status = :is_status AND #owner = :is_owner AND #fence = :is_fence AND #leaseUntil = :is_leaseUntil',
    )
    everyNameIsUsed(input)
  })
})

/** A statement's text with `0` for every number and `…` for every string but a status. */
function outline(text = ''): string {
  return text.replace(/(?<=[:=<] ?)\d+/g, '0').replace(/(?<=[:=] ?)'(?![A-Z_]+')[^']*'/g, "'…'")
}

/** Different outlines of what was sent, in order. */
function texts(): (string | undefined)[] {
  return [...new Set(client.statements().map((one) => outline(one.Statement)))]
}

async function overTwo(changes: Parameters<typeof stuck>[0]): Promise<void> {
  const records = [stuck(changes), stuck(changes)]
  for (const record of records) await local.put(record)
  const asked = records.map(({ id }) => request({ id, redelivered: true }))
  const outcomes = await store.claim(asked, context())
  expect(outcomes.map((outcome) => outcome.kind)).toEqual(['claimed', 'claimed'])
}

async function settleTwo(...settlements: Parameters<RecordStore['settle']>[0]): Promise<void> {
  await store.settle(settlements, context())
}

/** DynamoDB refuses a request that defines a name or value and does not use it; the local server does not. */
function everyNameIsUsed(input: TappedClient['calls'][number]['input'] | undefined): void {
  const { ExpressionAttributeNames: names = {}, ExpressionAttributeValues: values = {} } = input ?? {}
  const text = `${input?.UpdateExpression} ${input?.ConditionExpression} `
  const used = new Set(text.match(/[#:]\w+/g))
  expect(used).toEqual(new Set([...Object.keys(names), ...Object.keys(values)]))
}
