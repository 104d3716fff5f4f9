import { Aspects, RemovalPolicy } from 'aws-cdk-lib'
import {
  AttributeType,
  BillingMode,
  ProjectionType,
  Table,
  TableEncryption,
  type WarmThroughput,
} from 'aws-cdk-lib/aws-dynamodb'
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import { Construct } from 'constructs'
import { ConfigError } from '../../src/errors/config-error.ts'
import { TABLE_KEY, TTL_ATTRIBUTE } from '../../src/protocol/names.ts'
import type { IdempotencyRecord } from '../../src/protocol/record.ts'
import { contradictionError } from '../invariants/report.ts'
import { assertTable } from './given-table.ts'
import { grantOperator, grantRuntime, grantTableKey } from './grants.ts'
import { assertKnownProps } from './known-props.ts'
import { TableAdvice } from './table-advice.ts'
import { type AnyTable, tableFindings } from './table-facts.ts'
import { placeOf } from './table-place.ts'

/** Only a given-up record has it, so an index on it holds nothing else. */
const SPARSE_KEY: keyof IdempotencyRecord & string = 'poisonedAt'
const SHOWN: readonly (keyof IdempotencyRecord & string)[] = ['attempts', 'failure', 'messageId', 'expiresAt']

export interface IdempotencyTableProps {
  /**
   * A table that exists already, instead of all other properties but `encryptionKey`: of this app, or imported by its
   * name or ARN, also from another account. Its key schema, time to live and replicas are checked where they can be seen.
   */
  readonly existing?: AnyTable | undefined
  /**
   * Physical name. Without it CloudFormation makes one up, which lets a table be replaced.
   * @default made up by CloudFormation
   */
  readonly tableName?: string | undefined
  /**
   * Customer managed key. Functions are granted its use through DynamoDB alone.
   * @default DynamoDB's AWS managed key
   */
  readonly encryptionKey?: IKey | undefined
  /**
   * What becomes of the table when it leaves the stack. Losing it forgets every window: all messages look new.
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy | undefined
  /**
   * Refuses deletion, whoever asks.
   * @default true, but false with RemovalPolicy.DESTROY
   */
  readonly deletionProtection?: boolean | undefined
  /**
   * Continuous backups.
   * @default true
   */
  readonly pointInTimeRecovery?: boolean | undefined
  /**
   * Read and write units per second that the table serves at once, before it has had such traffic.
   * @default what a new on-demand table serves: 12,000 read and 4,000 write units
   */
  readonly warmThroughput?: WarmThroughput | undefined
  /**
   * Upper limit of write units per second, against surprises on the bill. Throttled claims are reported and retried.
   * @default none
   */
  readonly maxWriteRequestUnits?: number | undefined
  /**
   * Adds the sparse index `given-up`, which holds the POISONED records alone, so that they are found without a scan of
   * the table. It costs nothing until a record is given up.
   * @default false
   */
  readonly operationsIndex?: boolean | undefined
}

export interface OperateOptions {
  /**
   * Limits the grant to the records of one namespace; then without scans, queries and the index.
   * @default all records
   */
  readonly namespace?: string | undefined
}

/**
 * The table of the idempotency records: key schema and time to live as the runtime has them, on demand, with continuous
 * backups and deletion protection. Several functions share it, each in its own namespace. It lives in one Region on
 * purpose: between the replicas of a global table the last writer wins, and a claim is a condition.
 *
 * @throws {ConfigError} when an existing table has another key or no time to live or is one of strong consistency
 * (MRSC), or comes with other properties; for an unknown property.
 */
export class IdempotencyTable extends Construct {
  readonly table: AnyTable
  readonly encryptionKey: IKey | undefined
  readonly #owners = new Map<string, string>()

  constructor(scope: Construct, id: string, props: IdempotencyTableProps = {}) {
    super(scope, id)
    assertKnownProps(this.node.path, 'IdempotencyTable', props)
    const { existing, encryptionKey, ...own } = props
    if (existing !== undefined) assertTable(this.node.path, existing)
    this.encryptionKey = encryptionKey ?? existing?.encryptionKey
    if (existing) {
      const surplus = Object.entries(own).flatMap(([name, value]) => (value === undefined ? [] : [name]))
      if (surplus.length > 0)
        throw new ConfigError(
          `${this.node.path} is given an existing table and also ${surplus.join(', ')}. Those are for a new table: set them where the table is made.`,
        )
      const findings = tableFindings(existing).filter(({ severity }) => severity === 'throw')
      if (findings.length > 0) throw contradictionError(this.node.path, findings)
      this.table = existing
      Aspects.of(existing).add(new TableAdvice(this, existing))
      return
    }
    const { removalPolicy = RemovalPolicy.RETAIN } = own
    const table = new Table(this, 'Table', {
      partitionKey: { name: TABLE_KEY, type: AttributeType.STRING },
      timeToLiveAttribute: TTL_ATTRIBUTE,
      billingMode: BillingMode.PAY_PER_REQUEST,
      ...(encryptionKey
        ? { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey }
        : { encryption: TableEncryption.AWS_MANAGED }),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: own.pointInTimeRecovery ?? true },
      removalPolicy,
      deletionProtection: own.deletionProtection ?? removalPolicy !== RemovalPolicy.DESTROY,
      ...(own.maxWriteRequestUnits === undefined ? {} : { maxWriteRequestUnits: own.maxWriteRequestUnits }),
      ...(own.tableName === undefined ? {} : { tableName: own.tableName }),
      ...(own.warmThroughput === undefined ? {} : { warmThroughput: own.warmThroughput }),
    })
    if (own.operationsIndex)
      table.addGlobalSecondaryIndex({
        indexName: 'given-up',
        partitionKey: { name: SPARSE_KEY, type: AttributeType.NUMBER },
        projectionType: ProjectionType.INCLUDE,
        nonKeyAttributes: [...SHOWN],
      })
    this.table = table
  }

  /**
   * Grants what the runtime does, on the records of one namespace alone.
   * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
   */
  grantRuntime(grantee: IGrantable, namespace: string): Grant {
    return this.#withKey(grantRuntime(this.table.tableArn, namespace, grantee), grantee)
  }

  /** Grants what the command line needs: to look at, reset and delete records. For people and tools, not for functions. */
  grantOperate(grantee: IGrantable, options: OperateOptions = {}): Grant {
    return this.#withKey(grantOperator(this.table.tableArn, options.namespace, grantee), grantee)
  }

  #withKey(grant: Grant, grantee: IGrantable): Grant {
    if (!this.encryptionKey) return grant
    const { region } = placeOf(this.table) ?? this.table.env
    return grant.combine(grantTableKey(this.encryptionKey, region, grantee))
  }

  /**
   * Keeps a namespace for one function. Called by `IdempotentFunction`.
   * @throws {ConfigError} when another function has it.
   */
  reserveNamespace(namespace: string, owner: Construct): void {
    const other = this.#owners.get(namespace)
    if (other !== undefined)
      throw new ConfigError(
        `${owner.node.path} and ${other} both use the namespace "${namespace}" of ${this.node.path}. Each would take the other's messages for its own duplicates: give them different namespaces.`,
      )
    this.#owners.set(namespace, owner.node.path)
  }
}
