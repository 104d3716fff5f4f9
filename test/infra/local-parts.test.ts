import { describe, expect, it } from 'vitest'
import { accessesOf } from '../../infra/local/accesses.ts'
import { problemsOf } from '../../infra/local/check.ts'
import { resolve } from '../../infra/local/intrinsics.ts'
import { exampleMessages } from '../../infra/local/messages.ts'
import type { PairResult } from '../../infra/local/run.ts'

describe('references of the template', () => {
  const known = new Map([['Table', { ref: 'records', attributes: { Arn: 'arn:records' } }]])

  it('are resolved at any depth', () => {
    const value = { a: [{ Ref: 'Table' }, { b: { 'Fn::GetAtt': ['Table', 'Arn'] } }], c: 1 }
    expect(resolve(value, known)).toEqual({ a: ['records', { b: 'arn:records' }], c: 1 })
    expect(resolve({ 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Table', 'Arn'] }, '/index/*']] }, known)).toBe(
      'arn:records/index/*',
    )
  })

  it.each([{ Ref: 'Nobody' }, { 'Fn::GetAtt': ['Table', 'StreamArn'] }, { 'Fn::ImportValue': 'x' }])(
    'are never guessed: %j',
    (value) => {
      expect(() => resolve(value, known)).toThrow('which nothing here can answer')
    },
  )
})

describe('what IAM sees of a request', () => {
  const S = (value: string) => ({ S: value })

  it('is the key of an item, or of all items', () => {
    expect(accessesOf('DynamoDB_20120810.PutItem', { Item: { id: S('a#1') } })).toEqual([
      { action: 'dynamodb:PutItem', keys: ['a#1'] },
    ])
    expect(accessesOf('DynamoDB_20120810.UpdateItem', { Key: { id: S('a#1') } })).toEqual([
      { action: 'dynamodb:UpdateItem', keys: ['a#1'] },
    ])
    const RequestItems = { records: { Keys: [{ id: S('a#1') }, { id: S('b#2') }] } }
    expect(accessesOf('DynamoDB_20120810.BatchGetItem', { RequestItems })).toEqual([
      { action: 'dynamodb:BatchGetItem', keys: ['a#1', 'b#2'] },
    ])
  })

  it('is one access for each statement, its key from the text or by its place among the parameters', () => {
    const Statements = [
      {
        Statement: `INSERT INTO "records" VALUE {'schemaVersion': ?, 'id': ?, 'status': ?}`,
        Parameters: [{ N: '1' }, S('a#1'), S('IN_PROGRESS')],
      },
      {
        Statement: `UPDATE "records" SET "status"=?, "ttl"=? REMOVE "leaseUntil" WHERE "id"=? AND "owner"=?`,
        Parameters: [S('COMPLETED'), { N: '1' }, S('b#2'), S('me')],
      },
      { Statement: `INSERT INTO "records" VALUE {'id': 'c#3', 'owner': ?}`, Parameters: [S('me')] },
      { Statement: `UPDATE "records" SET "owner"='id' WHERE "id"='d#4' AND "status"='FAILED'` },
    ]
    expect(accessesOf('DynamoDB_20120810.BatchExecuteStatement', { Statements })).toEqual([
      { action: 'dynamodb:PartiQLInsert', keys: ['a#1'] },
      { action: 'dynamodb:PartiQLUpdate', keys: ['b#2'] },
      { action: 'dynamodb:PartiQLInsert', keys: ['c#3'] },
      { action: 'dynamodb:PartiQLUpdate', keys: ['d#4'] },
    ])
  })

  it('is no key where there is none', () => {
    expect(accessesOf('DynamoDB_20120810.Scan', { TableName: 'records' })).toEqual([
      { action: 'dynamodb:Scan', keys: undefined },
    ])
    const Statements = [{ Statement: 'SELECT * FROM "records"' }]
    expect(accessesOf('DynamoDB_20120810.BatchExecuteStatement', { Statements })).toEqual([
      { action: 'dynamodb:PartiQLSelect', keys: undefined },
    ])
  })

  it('is an access for each element of a transaction', () => {
    const TransactItems = [
      { Update: { Key: { id: S('a#1') } } },
      { Put: { Item: { id: S('a#2') } } },
      { ConditionCheck: { Key: { id: S('a#3') } } },
    ]
    expect(accessesOf('DynamoDB_20120810.TransactWriteItems', { TransactItems })).toEqual([
      { action: 'dynamodb:UpdateItem', keys: ['a#1'] },
      { action: 'dynamodb:PutItem', keys: ['a#2'] },
      { action: 'dynamodb:ConditionCheckItem', keys: ['a#3'] },
    ])
  })
})

describe('the check of a run', () => {
  async function goodRun(): Promise<PairResult> {
    const messages = (await exampleMessages(600)).filter(({ order }, index) => !order || index < 10)
    const sent = new Map(messages.map((message, index) => [`m${index}`, message]))
    const orders = [...sent.values()].flatMap(({ order }) => order ?? [])
    const record = (orderId: string) => ({
      id: `charge#${orderId}`,
      status: 'COMPLETED',
      completedAt: '1000',
      expiresAt: '61000',
      ttl: '3661',
    })
    return {
      sent,
      ledger: orders.map(({ orderId }) => ({ orderId })),
      deadLetters: [...sent].flatMap(([id, { order }]) => (order ? [] : [id])),
      records: orders.map(({ orderId }) => record(orderId)),
      left: 0,
      requests: 0,
      actions: new Map(),
      denied: new Map(),
      counts: {
        received: 0,
        invocations: 0,
        deleted: 0,
        returned: 0,
        wholeFailures: 0,
        deliveredAgain: 0,
        lostDeletes: 0,
        queueErrors: 0,
      },
      pair: {
        name: 'charge',
        mapping: {},
        queueUrl: 'http://localhost/charges',
        deadLetterQueueUrl: 'http://localhost/dead',
        timeToLive: 'ttl',
        handler: {
          id: 'Charge',
          module: '',
          exportName: 'handler',
          timeoutMs: 30_000,
          environment: { ONCEKIT_TTL: '60' },
          statements: [],
        },
      },
    }
  }

  const first = <Value>(values: readonly Value[]): Value => {
    const [value] = values
    if (value === undefined) throw new Error('Nothing there.')
    return value
  }

  it('finds nothing in a good run', async () => {
    expect(problemsOf(await goodRun())).toEqual([])
  })

  it('finds an effect that is missing, repeated, or nobody asked for', async () => {
    const run = await goodRun()
    expect(problemsOf({ ...run, ledger: run.ledger.slice(1) })).toEqual([
      expect.stringContaining('took effect 0 times'),
    ])
    expect(problemsOf({ ...run, ledger: [...run.ledger, first(run.ledger)] })).toEqual([
      expect.stringContaining('took effect 2 times'),
    ])
    expect(problemsOf({ ...run, ledger: [...run.ledger, { orderId: 'ORD-0' }] })).toEqual([
      'charge: ORD-0 took effect, but no valid order has this id.',
    ])
  })

  it('finds an invalid message that was acknowledged, and a valid one that was not', async () => {
    const run = await goodRun()
    expect(problemsOf({ ...run, deadLetters: run.deadLetters.slice(1) })).toEqual([
      expect.stringContaining('is not in the dead-letter queue'),
    ])
    expect(problemsOf({ ...run, deadLetters: [...run.deadLetters, 'm0'] }).join()).toContain(
      'was acknowledged in 0 versions',
    )
  })

  it('finds messages left over', async () => {
    expect(problemsOf({ ...(await goodRun()), left: 2 })).toEqual([
      'charge: 2 messages are still in the queue.',
    ])
  })

  it("finds a record that is not complete, has another window than its function's, or no time to live", async () => {
    const run = await goodRun()
    const record = first(run.records)
    const withRecord = (change: Record<string, string>) =>
      problemsOf({ ...run, records: [{ ...record, ...change }, ...run.records.slice(1)] })
    expect(withRecord({ status: 'IN_PROGRESS' })).toEqual([expect.stringContaining('is IN_PROGRESS')])
    expect(withRecord({ expiresAt: '62000' })).toEqual([expect.stringContaining('is 61000 ms, not 60000')])
    expect(withRecord({ ttl: '3660' })).toEqual([expect.stringContaining('"ttl", is 3660')])
    expect(problemsOf({ ...run, pair: { ...run.pair, timeToLive: 'expires' } })).toHaveLength(
      run.records.length,
    )
    expect(problemsOf({ ...run, records: run.records.slice(1) })).toEqual([
      `charge: ${run.records.length - 1} records for ${run.records.length} distinct orders.`,
    ])
  })

  it("finds a customer's orders out of order, on a FIFO queue alone", async () => {
    const run = await goodRun()
    const messages = [...run.sent].map(
      ([id, { body, order }]): [string, { body: string; order: typeof order }] => [
        id,
        { body, order: order && { ...order, customer: { ...order.customer, id: 'C-1' } } },
      ],
    )
    const swapped = { ...run, sent: new Map(messages), ledger: run.ledger.toReversed() }
    expect(problemsOf(swapped)).toEqual([])
    const fifo = { ...run.pair, queueUrl: 'http://localhost/receipts.fifo' }
    expect(problemsOf({ ...swapped, pair: fifo })).toEqual([
      expect.stringContaining('the orders of C-1 took effect out of order'),
    ])
    expect(problemsOf({ ...swapped, pair: fifo, ledger: run.ledger })).toEqual([])
  })
})
