import { CfnParameter, Fn, Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { Table, TableV2 } from 'aws-cdk-lib/aws-dynamodb'
import { Key } from 'aws-cdk-lib/aws-kms'
import { describe, expect, it } from 'vitest'
import { IdempotencyDashboard } from '../../infra/constructs/dashboard.ts'
import { IdempotencyTable } from '../../infra/constructs/idempotency-table.ts'
import { IdempotentFunction } from '../../infra/constructs/idempotent-function.ts'
import { IdempotentQueue } from '../../infra/constructs/idempotent-queue.ts'
import type { AnyTable } from '../../infra/constructs/table-facts.ts'
import { ENTRY, onlyResource, resources, testApp, thrown, warnings } from './test-stack.ts'

const HOME = { account: '111111111111', region: 'eu-central-1' }

const arnOf = (account: string, region: string, partition = 'aws') =>
  `arn:${partition}:dynamodb:${region}:${account}:table/records`

/** A function of the stack `Shop` on an existing table. */
function functionOn(existing: (stack: Stack) => AnyTable, env?: { account: string; region: string }) {
  const stack = new Stack(testApp(), 'Shop', env ? { env } : {})
  const table = new IdempotencyTable(stack, 'Records', { existing: existing(stack) })
  const handler = new IdempotentFunction(stack, 'Handler', { table, entry: ENTRY, namespace: 'orders' })
  return { stack, table, handler }
}

/** What the function is told about its table. */
function toldTable(stack: Stack): unknown {
  const { Environment } = onlyResource(stack, 'AWS::Lambda::Function')
  return { ...Object(Environment) }.Variables.ONCEKIT_TABLE
}

/** The resources of the grant on the table. */
function grantedOn(stack: Stack): unknown[] {
  const statements = resources(stack, 'AWS::IAM::Policy').flatMap(
    ({ PolicyDocument }) => ({ ...Object(PolicyDocument) }).Statement,
  )
  return statements
    .filter(({ Action }) => JSON.stringify(Action).includes('dynamodb:PutItem'))
    .map(({ Resource }) => Resource)
}

describe('a table given by its ARN', () => {
  it('is told by its bare name in its own account and Region', () => {
    const { stack } = functionOn((s) => Table.fromTableArn(s, 'T', arnOf(HOME.account, HOME.region)), HOME)
    expect(toldTable(stack)).toBe('records')
    expect(warnings(stack, '/Shop')).toEqual([])
  })

  it.each([
    ['another account', arnOf('222222222222', 'eu-central-1')],
    ['another Region', arnOf('111111111111', 'eu-west-1')],
    ['another partition', arnOf('222222222222', 'cn-north-1', 'aws-cn')],
  ])('is told by its ARN where the name would mean another table: %s', (_, arn) => {
    for (const Kind of [Table, TableV2]) {
      const { stack } = functionOn((s) => Kind.fromTableArn(s, 'T', arn), HOME)
      expect(toldTable(stack)).toBe(arn)
      expect(grantedOn(stack)).toEqual([arn])
    }
  })

  it('is told by its ARN in a stack that names no account, which may be another one', () => {
    const arn = arnOf('222222222222', 'eu-central-1')
    const { stack } = functionOn((s) => Table.fromTableArn(s, 'T', arn))
    expect(toldTable(stack)).toBe(arn)
    // Nobody knows that it is another account.
    expect(warnings(stack, '/Shop')).toEqual([])
  })

  it('is told by its ARN where that is a token', () => {
    const { stack } = functionOn((s) => Table.fromTableArn(s, 'T', new CfnParameter(s, 'Arn').valueAsString))
    expect(toldTable(stack)).toEqual({ Ref: 'Arn' })
    const imported = functionOn((s) => Table.fromTableArn(s, 'T', Fn.importValue('records-arn')), HOME)
    expect(toldTable(imported.stack)).toEqual({ 'Fn::ImportValue': 'records-arn' })
  })

  it('is told by its name where the name is all that was given', () => {
    const { stack } = functionOn((s) => Table.fromTableName(s, 'T', 'records'), HOME)
    expect(toldTable(stack)).toBe('records')
    expect(JSON.stringify(grantedOn(stack))).toContain(':dynamodb:eu-central-1:111111111111:table/records')
  })

  it('says what the other account must allow', () => {
    const { stack } = functionOn((s) => Table.fromTableArn(s, 'T', arnOf('222222222222', HOME.region)), HOME)
    const [advice, ...others] = warnings(stack, '/Shop/Handler')
    expect(others).toEqual([])
    for (const part of [
      'uses a table of account 222222222222, its function is in account 111111111111',
      'Allow the role dynamodb:BatchGetItem,',
      "in the table's resource policy too",
      '[ack: oncekit:table-policy-by-hand]',
    ])
      expect(advice).toContain(part)
  })

  it('says that another Region is far', () => {
    const { stack } = functionOn((s) => Table.fromTableArn(s, 'T', arnOf(HOME.account, 'eu-west-1')), HOME)
    expect(warnings(stack, '/Shop/Handler')).toEqual([
      expect.stringMatching(
        /uses a table in eu-west-1, its function runs in eu-central-1.*oncekit:table-region/,
      ),
    ])
  })

  it.each([
    'arn:aws:dynamodb:eu-central-1:111111111111:table/records/index/given-up',
    'arn:aws:dynamodb:eu-central-1:111111111111:table/records/stream/2026-01-01T00:00:00.000',
    'arn:aws:dynamodb::111111111111:global-table/records',
    'arn:aws:dynamodb:eu-central-1:111:table/records',
  ])('is refused when it is no table: %s', (arn) => {
    const stack = new Stack(testApp(), 'Shop')
    const existing = Table.fromTableArn(stack, 'T', arn)
    const { name, message } = thrown(() => new IdempotencyTable(stack, 'Records', { existing }))
    expect(name).toBe('ConfigError')
    expect(message).toContain(`The table's ARN is "${arn}".`)
    expect(message).toContain('Give the ARN of a table: arn:aws:dynamodb:REGION:ACCOUNT:table/NAME.')
  })

  it.each(['records', 'arn:aws:dynamodb:eu-central-1:111111111111:table/records', 7, null, {}])(
    'is not the text itself: %j is refused, with what to write',
    (existing) => {
      const stack = new Stack(testApp(), 'Shop')
      const make = () => Reflect.construct(IdempotencyTable, [stack, 'Records', { existing }])
      expect(thrown(make)).toMatchObject({
        name: 'ConfigError',
        message: expect.stringMatching(/^Shop\/Records: existing is .*an ARN as Table\.fromTableArn\(/),
      })
    },
  )
})

describe('a table of another stack', () => {
  it('of the same account and Region is told by its name', () => {
    const app = testApp()
    const base = new Stack(app, 'Base', { env: HOME })
    const stack = new Stack(app, 'Shop', { env: HOME })
    const table = new IdempotencyTable(base, 'Records', { tableName: 'records' })
    new IdempotentFunction(stack, 'Handler', { table, entry: ENTRY, namespace: 'orders' })
    expect(JSON.stringify(toldTable(stack))).not.toContain('Arn')
  })

  it('of another account is told by its ARN, if it has a name of its own', () => {
    const app = testApp()
    const base = new Stack(app, 'Base', { env: { account: '222222222222', region: HOME.region } })
    const stack = new Stack(app, 'Shop', { env: HOME })
    const table = new IdempotencyTable(base, 'Records', { tableName: 'records' })
    const handler = new IdempotentFunction(stack, 'Handler', { table, entry: ENTRY, namespace: 'orders' })
    expect(JSON.stringify(toldTable(stack))).toContain(':dynamodb:eu-central-1:222222222222:table/records')
    expect(JSON.stringify(grantedOn(stack))).toContain(':dynamodb:eu-central-1:222222222222:table/records')
    expect(warnings(stack, handler.node.path.replace('Shop', '/Shop')).join()).toContain(
      'table-policy-by-hand',
    )
  })

  it('of another account without a name is refused at synth', () => {
    const app = testApp()
    const base = new Stack(app, 'Base', { env: { account: '222222222222', region: HOME.region } })
    const stack = new Stack(app, 'Shop', { env: HOME })
    const table = new IdempotencyTable(base, 'Records')
    const { message } = thrown(() => {
      new IdempotentFunction(stack, 'Handler', { table, entry: ENTRY, namespace: 'orders' })
      return Template.fromStack(stack)
    })
    expect(message).toContain("Cannot use resource 'Base/Records/Table' in a cross-environment fashion")
    expect(message).toContain('physical name must be explicit')
  })
})

describe('what goes with a table elsewhere', () => {
  it("is the use of its key through DynamoDB of the table's Region", () => {
    const stack = new Stack(testApp(), 'Shop', { env: HOME })
    const encryptionKey = Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-west-1:222222222222:key/abc')
    const existing = Table.fromTableArn(stack, 'T', arnOf('222222222222', 'eu-west-1'))
    const table = new IdempotencyTable(stack, 'Records', { existing, encryptionKey })
    new IdempotentFunction(stack, 'Handler', { table, entry: ENTRY, namespace: 'orders' })
    expect(JSON.stringify(resources(stack, 'AWS::IAM::Policy'))).toContain('dynamodb.eu-west-1.amazonaws.com')
  })

  it('is the dashboard: its metrics are those of its own account and Region', () => {
    const stack = new Stack(testApp(), 'Shop', { env: HOME })
    const existing = Table.fromTableArn(stack, 'T', arnOf('222222222222', 'eu-west-1'))
    const table = new IdempotencyTable(stack, 'Records', { existing })
    const queue = new IdempotentQueue(stack, 'Orders', { table, entry: ENTRY, namespace: 'orders' })
    new IdempotencyDashboard(stack, 'Dashboard', { table, queues: [queue] })
    const body = JSON.stringify(onlyResource(stack, 'AWS::CloudWatch::Dashboard'))
    expect(body.replaceAll('\\', '')).toContain('"accountId":"222222222222","region":"eu-west-1"')
  })
})
