import { RemovalPolicy, Stack } from 'aws-cdk-lib'
import { Match, Template } from 'aws-cdk-lib/assertions'
import {
  AttributeType,
  Billing,
  CfnTable,
  MultiRegionConsistency,
  Table,
  TableEncryptionV2,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb'
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam'
import { Key } from 'aws-cdk-lib/aws-kms'
import { describe, expect, it } from 'vitest'
import { IdempotencyTable, type IdempotencyTableProps } from '../../infra/constructs/idempotency-table.ts'
import { TABLE_KEY, TTL_ATTRIBUTE } from '../../src/protocol/names.ts'
import { errors, onlyResource, testApp, thrown, warnings } from './test-stack.ts'

const TYPE = 'AWS::DynamoDB::Table'

function tableStack(props?: IdempotencyTableProps): { stack: Stack; table: IdempotencyTable } {
  const stack = new Stack(testApp(), 'Shop')
  return { stack, table: new IdempotencyTable(stack, 'Records', props) }
}

describe('IdempotencyTable', () => {
  it("has the runtime's key schema, without a sort key, and its time to live", () => {
    const { stack } = tableStack()
    expect(onlyResource(stack, TYPE)).toMatchObject({
      KeySchema: [{ AttributeName: TABLE_KEY, KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: TABLE_KEY, AttributeType: 'S' }],
      TimeToLiveSpecification: { AttributeName: TTL_ATTRIBUTE, Enabled: true },
      BillingMode: 'PAY_PER_REQUEST',
    })
  })

  it('is kept, protected, backed up and encrypted unless told otherwise', () => {
    const { stack } = tableStack()
    const template = Template.fromStack(stack)
    template.hasResource(TYPE, { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' })
    template.hasResourceProperties(TYPE, {
      SSESpecification: { SSEEnabled: true },
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    })
  })

  it('can be destroyed with its stack, and is then not protected', () => {
    const { stack } = tableStack({ removalPolicy: RemovalPolicy.DESTROY })
    const template = Template.fromStack(stack)
    template.hasResource(TYPE, { DeletionPolicy: 'Delete' })
    template.hasResourceProperties(TYPE, { DeletionProtectionEnabled: false })
  })

  it('has no index unless asked; the one for operations holds given-up records alone', () => {
    expect(onlyResource(tableStack().stack, TYPE)['GlobalSecondaryIndexes']).toBeUndefined()
    const { stack } = tableStack({ operationsIndex: true })
    Template.fromStack(stack).hasResourceProperties(TYPE, {
      GlobalSecondaryIndexes: [
        Match.objectLike({
          IndexName: 'given-up',
          KeySchema: [{ AttributeName: 'poisonedAt', KeyType: 'HASH' }],
          Projection: Match.objectLike({ ProjectionType: 'INCLUDE' }),
        }),
      ],
    })
  })

  it('takes warm throughput, a write limit, a name and a customer managed key', () => {
    const stack = new Stack(testApp(), 'Shop')
    new IdempotencyTable(stack, 'Records', {
      tableName: 'records',
      encryptionKey: new Key(stack, 'Key'),
      warmThroughput: { readUnitsPerSecond: 20_000, writeUnitsPerSecond: 50_000 },
      maxWriteRequestUnits: 60_000,
    })
    const properties = onlyResource(stack, TYPE)
    expect(properties).toMatchObject({
      TableName: 'records',
      WarmThroughput: { ReadUnitsPerSecond: 20_000, WriteUnitsPerSecond: 50_000 },
      OnDemandThroughput: { MaxWriteRequestUnits: 60_000 },
    })
    expect(JSON.stringify(properties['SSESpecification'])).toContain('KMSMasterKeyId')
  })

  it('lets a grantee use its customer managed key through DynamoDB alone', () => {
    const stack = new Stack(testApp(), 'Shop')
    const table = new IdempotencyTable(stack, 'Records', { encryptionKey: new Key(stack, 'Key') })
    table.grantRuntime(new Role(stack, 'Role', { assumedBy: new AccountRootPrincipal() }), 'orders')
    const policy = JSON.stringify(onlyResource(stack, 'AWS::IAM::Policy'))
    expect(policy).toContain('kms:ViaService')
    expect(policy).not.toContain('kms:*')
    expect(policy).not.toMatch(/kms:\w+\*/)
  })

  it('takes an existing table of the right form', () => {
    const stack = new Stack(testApp(), 'Shop')
    for (const [id, Kind] of [
      ['One', Table],
      ['Two', TableV2],
    ] as const) {
      const existing = new Kind(stack, id, {
        partitionKey: { name: 'id', type: AttributeType.STRING },
        timeToLiveAttribute: 'ttl',
      })
      expect(new IdempotencyTable(stack, `${id}Records`, { existing }).table).toBe(existing)
    }
  })

  it('takes an imported table as it is', () => {
    const stack = new Stack(testApp(), 'Shop')
    const existing = Table.fromTableName(stack, 'Imported', 'records')
    expect(new IdempotencyTable(stack, 'Records', { existing }).table).toBe(existing)
  })

  it.each([
    ['another key', { partitionKey: { name: 'pk', type: AttributeType.STRING } }, /key is pk \(HASH\)/],
    ['a number as key', { partitionKey: { name: 'id', type: AttributeType.NUMBER } }, /table-key/],
    [
      'a sort key',
      {
        partitionKey: { name: 'id', type: AttributeType.STRING },
        sortKey: { name: 'at', type: AttributeType.STRING },
      },
      /id \(HASH\) and at \(RANGE\)/,
    ],
  ] as const)('refuses an existing table with %s', (_, form, text) => {
    for (const Kind of [Table, TableV2]) {
      const stack = new Stack(testApp(), 'Shop')
      const existing = new Kind(stack, 'Old', { ...form, timeToLiveAttribute: 'ttl' })
      expect(() => new IdempotencyTable(stack, 'Records', { existing })).toThrow(text)
    }
  })

  it.each([
    [{}, /time to live is off/],
    [{ timeToLiveAttribute: 'expires' }, /time to live watches "expires"/],
  ])('refuses an existing table whose time to live is not that of the records', (form, text) => {
    for (const Kind of [Table, TableV2]) {
      const stack = new Stack(testApp(), 'Shop')
      const partitionKey = { name: 'id', type: AttributeType.STRING }
      const existing = new Kind(stack, 'Old', { partitionKey, ...form })
      expect(() => new IdempotencyTable(stack, 'Records', { existing })).toThrow(text)
    }
  })

  it('refuses an existing table whose time to live is switched off', () => {
    const stack = new Stack(testApp(), 'Shop')
    const existing = new Table(stack, 'Old', {
      partitionKey: { name: 'id', type: AttributeType.STRING },
      timeToLiveAttribute: 'ttl',
    })
    const resource = existing.node.defaultChild
    if (!(resource instanceof CfnTable)) throw new Error('Not the table.')
    resource.timeToLiveSpecification = { attributeName: 'ttl', enabled: false }
    expect(() => new IdempotencyTable(stack, 'Records', { existing })).toThrow('time to live is off')
  })

  it('names both faults of an existing table at once', () => {
    const stack = new Stack(testApp(), 'Shop')
    const existing = new TableV2(stack, 'Old', { partitionKey: { name: 'pk', type: AttributeType.STRING } })
    const { message } = thrown(() => new IdempotencyTable(stack, 'Records', { existing }))
    expect(message).toContain('Shop/Records is wired with 2 contradictions.')
  })

  it('refuses properties of a new table beside an existing one', () => {
    const stack = new Stack(testApp(), 'Shop')
    const existing = Table.fromTableName(stack, 'Imported', 'records')
    expect(() => new IdempotencyTable(stack, 'Records', { existing, operationsIndex: true })).toThrow(
      'Shop/Records is given an existing table and also operationsIndex.',
    )
  })

  describe('of several Regions', () => {
    const env = { account: '111122223333', region: 'eu-central-1' }
    const form = {
      partitionKey: { name: 'id', type: AttributeType.STRING },
      timeToLiveAttribute: 'ttl',
    }
    const stackOf = () => new Stack(testApp(), 'Shop', { env })

    it.each([
      ['TableV2', (s: Stack) => new TableV2(s, 'T', { ...form, replicas: [{ region: 'eu-west-1' }] })],
      ['Table', (s: Stack) => new Table(s, 'T', { ...form, replicationRegions: ['eu-west-1'] })],
    ] as const)('is advised to be used from one Region: %s', (_, make) => {
      const stack = stackOf()
      new IdempotencyTable(stack, 'Records', { existing: make(stack) })
      const [advice, ...others] = warnings(stack, '/Shop/Records')
      expect(others).toEqual([])
      expect(advice).toContain('The table is a global table, replicated to eu-west-1.')
      expect(advice).toContain('[ack: oncekit:table-replicas]')
      expect(errors(stack)).toEqual([])
    })

    it('is advised also where the replica is added later', () => {
      const stack = stackOf()
      const existing = new TableV2(stack, 'T', { ...form, billing: Billing.onDemand() })
      new IdempotencyTable(stack, 'Records', { existing })
      existing.addReplica({ region: 'us-east-1' })
      expect(warnings(stack, '/Shop/Records').join()).toContain('replicated to us-east-1.')
    })

    it('is refused when its consistency is strong: no time to live, no transactions', () => {
      const stack = stackOf()
      const existing = new TableV2(stack, 'T', {
        partitionKey: form.partitionKey,
        multiRegionConsistency: MultiRegionConsistency.STRONG,
        replicas: [{ region: 'eu-west-1' }],
        witnessRegion: 'eu-west-2',
        encryption: TableEncryptionV2.dynamoOwnedKey(),
      })
      const { message } = thrown(() => new IdempotencyTable(stack, 'Records', { existing }))
      expect(message).toContain('1. table-strong-consistency')
      expect(message).toContain('The table is a global table of strong consistency (MRSC).')
      expect(message).not.toContain('table-time-to-live')
    })

    it('is nothing to be said of, when it has one Region', () => {
      const stack = stackOf()
      for (const existing of [new TableV2(stack, 'T', form), new Table(stack, 'U', form)])
        new IdempotencyTable(stack, `Of${existing.node.id}`, { existing })
      const agnostic = new Stack(testApp(), 'Shop')
      new IdempotencyTable(agnostic, 'Records', { existing: new TableV2(agnostic, 'T', form) })
      expect([...warnings(stack, '/Shop'), ...warnings(agnostic, '/Shop')]).toEqual([])
    })
  })
})
