import { App, Stack } from 'aws-cdk-lib'
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam'
import { beforeAll, describe, expect, it } from 'vitest'
import { OrdersStack } from '../../infra/app/orders-stack.ts'
import { readSettings } from '../../infra/app/settings.ts'
import { RUNTIME_ACTIONS } from '../../infra/constructs/grants.ts'
import { IdempotencyTable } from '../../infra/constructs/idempotency-table.ts'
import { isAllowed, type Request, type Statement } from '../../infra/local/policy.ts'
import { NAMESPACE_SEPARATOR } from '../../src/protocol/names.ts'
import { onlyResource, queueStack, resources, testApp } from './test-stack.ts'

const LEADING_KEYS = 'dynamodb:LeadingKeys'

describe('the evaluator of these tests', () => {
  const allow = (Condition?: Statement['Condition']): Statement[] => [
    { Effect: 'Allow', Action: 'dynamodb:Get*', Resource: '*', ...(Condition ? { Condition } : {}) },
  ]
  const get = (keys?: readonly string[]): Request => ({
    action: 'dynamodb:GetItem',
    resource: '"table"',
    ...(keys ? { context: { [LEADING_KEYS]: keys } } : {}),
  })

  it('denies what nothing allows, and what something denies', () => {
    expect(isAllowed([], get())).toBe(false)
    expect(isAllowed(allow(), get())).toBe(true)
    expect(isAllowed(allow(), { ...get(), action: 'dynamodb:PutItem' })).toBe(false)
    const deny: Statement = { Effect: 'Deny', Action: 'dynamodb:*', Resource: '*' }
    expect(isAllowed([...allow(), deny], get())).toBe(false)
  })

  it('holds ForAllValues true when the key is absent, as IAM does', () => {
    const condition = { 'ForAllValues:StringLike': { [LEADING_KEYS]: ['a#*'] } }
    expect(isAllowed(allow(condition), get())).toBe(true)
    expect(isAllowed(allow(condition), get(['a#1', 'a#2']))).toBe(true)
    expect(isAllowed(allow(condition), get(['a#1', 'b#2']))).toBe(false)
  })

  it('closes that hole by the Null condition', () => {
    const condition = {
      'ForAllValues:StringLike': { [LEADING_KEYS]: ['a#*'] },
      Null: { [LEADING_KEYS]: 'false' },
    }
    expect(isAllowed(allow(condition), get())).toBe(false)
    expect(isAllowed(allow(condition), get(['a#1']))).toBe(true)
  })

  it('refuses to guess about an operator it does not know', () => {
    expect(() => isAllowed(allow({ ArnLike: { key: 'x' } }), get())).toThrow('ArnLike')
  })
})

describe('the policy of the charging function, as synthesised', () => {
  let statements: Statement[]
  let table: string
  const request = (action: string, ...keys: string[]): Request => ({
    action: `dynamodb:${action}`,
    resource: table,
    ...(keys.length > 0 ? { context: { [LEADING_KEYS]: keys } } : {}),
  })
  const allowed = (action: string, ...keys: string[]) => isAllowed(statements, request(action, ...keys))
  const own = `charge-orders${NAMESPACE_SEPARATOR}3q2-7w`
  const other = `send-receipts${NAMESPACE_SEPARATOR}3q2-7w`

  beforeAll(() => {
    const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } })
    const stack = new OrdersStack(app, 'OncekitOrders', { settings: readSettings({}) })
    table = JSON.stringify(stack.resolve(stack.table.table.tableArn))
    const [charges] = resources(stack, 'AWS::IAM::Policy').filter((policy) =>
      String(policy['PolicyName']).startsWith('ChargesHandlerRole'),
    )
    statements = statementsOf(charges)
  })

  it('allows every action of the runtime on its own namespace', () => {
    for (const action of RUNTIME_ACTIONS) expect(allowed(action.slice('dynamodb:'.length), own)).toBe(true)
  })

  it('allows many keys at once only if all are its own', () => {
    expect(allowed('BatchGetItem', own, `${own}2`)).toBe(true)
    expect(allowed('BatchGetItem', own, other)).toBe(false)
  })

  it("denies every action on another function's namespace", () => {
    for (const action of RUNTIME_ACTIONS) expect(allowed(action.slice('dynamodb:'.length), other)).toBe(false)
  })

  it('denies namespaces that only begin alike', () => {
    expect(allowed('GetItem', `charge-orders-2${NAMESPACE_SEPARATOR}3q2-7w`)).toBe(false)
    expect(allowed('GetItem', 'charge-orders')).toBe(false)
  })

  it('denies every action when the request names no key', () => {
    for (const action of RUNTIME_ACTIONS) expect(allowed(action.slice('dynamodb:'.length))).toBe(false)
  })

  it.each([
    'Scan',
    'Query',
    'DeleteItem',
    'BatchWriteItem',
    'PartiQLSelect',
    'PartiQLDelete',
    'DeleteTable',
    'UpdateTable',
    'UpdateTimeToLive',
  ])('denies %s, with and without keys', (action) => {
    expect(allowed(action, own)).toBe(false)
    expect(allowed(action)).toBe(false)
  })

  it('denies its own namespace in another table', () => {
    expect(isAllowed(statements, { ...request('GetItem', own), resource: '"arn:other"' })).toBe(false)
  })

  it('has one wildcard resource, for the traces', () => {
    const wide = statements.filter(({ Resource }) => JSON.stringify(Resource).includes('*'))
    expect(wide.flatMap(({ Action }) => Action)).toEqual([
      'xray:PutTelemetryRecords',
      'xray:PutTraceSegments',
    ])
    expect(statements.flatMap(({ Action }) => Action).filter((action) => action.includes('*'))).toEqual([])
  })
})

describe('grants', () => {
  function granted(grant: (table: IdempotencyTable, role: Role) => unknown): {
    statements: Statement[]
    table: string
  } {
    const stack = new Stack(testApp(), 'Shop')
    const table = new IdempotencyTable(stack, 'Records')
    grant(table, new Role(stack, 'Role', { assumedBy: new AccountRootPrincipal() }))
    return {
      statements: statementsOf(onlyResource(stack, 'AWS::IAM::Policy')),
      table: JSON.stringify(stack.resolve(table.table.tableArn)),
    }
  }

  it('let an operator look at, reset and delete records, but not put new ones or touch the table', () => {
    const { statements, table } = granted((records, role) => records.grantOperate(role))
    const allowed = (action: string) =>
      isAllowed(statements, { action: `dynamodb:${action}`, resource: table })
    expect(
      ['Scan', 'Query', 'GetItem', 'UpdateItem', 'DeleteItem', 'DescribeTable'].map(allowed),
    ).not.toContain(false)
    expect(['PutItem', 'BatchWriteItem', 'DeleteTable', 'UpdateTable'].map(allowed)).not.toContain(true)
  })

  it('limit an operator to one namespace: then nothing without a key', () => {
    const { statements, table } = granted((records, role) =>
      records.grantOperate(role, { namespace: 'orders' }),
    )
    const on = (action: string, ...keys: string[]) =>
      isAllowed(statements, {
        action: `dynamodb:${action}`,
        resource: table,
        ...(keys.length > 0 ? { context: { [LEADING_KEYS]: keys } } : {}),
      })
    expect(on('DeleteItem', 'orders#1')).toBe(true)
    expect(on('DeleteItem', 'other#1')).toBe(false)
    expect([on('Scan'), on('Query'), on('DeleteItem')]).toEqual([false, false, false])
  })

  it('let a producer send and not receive; let a redrive move from the dead-letter queue and not into it', () => {
    const { stack, queue } = queueStack()
    const role = (id: string) => new Role(stack, id, { assumedBy: new AccountRootPrincipal() })
    queue.grantProduce(role('Producer'))
    queue.grantRedrive(role('Redriver'))
    const of = (prefix: string) =>
      statementsOf(
        resources(stack, 'AWS::IAM::Policy').find(({ PolicyName }) => String(PolicyName).startsWith(prefix)),
      )
    const arn = (of: { queueArn: string } | undefined) => JSON.stringify(stack.resolve(of?.queueArn))
    const [source, dead] = [arn(queue.queue), arn(queue.deadLetterQueue)]
    const may = (who: string, action: string, resource: string) =>
      isAllowed(of(who), { action: `sqs:${action}`, resource })
    expect(may('Producer', 'SendMessage', source)).toBe(true)
    expect(may('Producer', 'ReceiveMessage', source)).toBe(false)
    expect(may('Producer', 'SendMessage', dead)).toBe(false)
    expect(may('Redriver', 'StartMessageMoveTask', dead)).toBe(true)
    expect(may('Redriver', 'SendMessage', source)).toBe(true)
    expect(may('Redriver', 'SendMessage', dead)).toBe(false)
    expect(may('Redriver', 'ReceiveMessage', source)).toBe(false)
  })
})

function statementsOf(policy: Record<string, unknown> | undefined): Statement[] {
  const document = policy?.['PolicyDocument']
  if (typeof document !== 'object' || document === null || !('Statement' in document)) return []
  // A synthesised policy document: CDK has written it.
  return document.Statement as Statement[]
}
