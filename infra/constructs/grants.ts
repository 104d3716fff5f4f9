import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam'
import type { IKey } from 'aws-cdk-lib/aws-kms'
import { NAMESPACE_SEPARATOR } from '../../src/protocol/names.ts'

/**
 * What the runtime does to items, one by one and, with PartiQL, many at once. No `Query`, `Scan` or `DeleteItem`.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-iam.html
 */
export const RUNTIME_ACTIONS: readonly string[] = [
  'dynamodb:BatchGetItem',
  'dynamodb:GetItem',
  'dynamodb:PartiQLInsert',
  'dynamodb:PartiQLUpdate',
  'dynamodb:PutItem',
  'dynamodb:UpdateItem',
]

/** What an operator's tools do: look at records, reset one, delete one. */
export const OPERATE_ACTIONS: readonly string[] = [
  'dynamodb:BatchGetItem',
  'dynamodb:DeleteItem',
  'dynamodb:GetItem',
  'dynamodb:Query',
  'dynamodb:UpdateItem',
]

/** What has no key in its request, so no condition on keys can limit it. */
export const OPERATE_TABLE_ACTIONS: readonly string[] = [
  'dynamodb:DescribeTable',
  'dynamodb:DescribeTimeToLive',
  'dynamodb:Scan',
]

const KEY_ACTIONS: readonly string[] = [
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
]

/**
 * Only keys that begin with this namespace. `ForAllValues` is true when a request has no such key at all, hence the
 * second condition: the key must be there.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
 */
export function onlyNamespace(namespace: string): Record<string, Record<string, unknown>> {
  return {
    'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [`${namespace}${NAMESPACE_SEPARATOR}*`] },
    Null: { 'dynamodb:LeadingKeys': 'false' },
  }
}

/** Lets the grantee claim and settle records of one namespace, and nothing else. */
export function grantRuntime(tableArn: string, namespace: string, grantee: IGrantable): Grant {
  return Grant.addToPrincipal({
    grantee,
    actions: [...RUNTIME_ACTIONS],
    resourceArns: [tableArn],
    conditions: onlyNamespace(namespace),
  })
}

/** Lets the grantee look at, reset and delete records, of one namespace or of all. */
export function grantOperator(tableArn: string, namespace: string | undefined, grantee: IGrantable): Grant {
  const indexes = `${tableArn}/index/*`
  if (namespace === undefined)
    return Grant.addToPrincipal({
      grantee,
      actions: [...OPERATE_ACTIONS, ...OPERATE_TABLE_ACTIONS],
      resourceArns: [tableArn, indexes],
    })
  return Grant.addToPrincipal({
    grantee,
    actions: OPERATE_ACTIONS.filter((action) => action !== 'dynamodb:Query'),
    resourceArns: [tableArn],
    conditions: onlyNamespace(namespace),
  })
}

/** Lets the grantee use the table's customer managed key, through DynamoDB alone. */
export function grantTableKey(key: IKey, region: string, grantee: IGrantable): Grant {
  return Grant.addToPrincipal({
    grantee,
    actions: [...KEY_ACTIONS],
    resourceArns: [key.keyArn],
    conditions: { StringEquals: { 'kms:ViaService': `dynamodb.${region}.amazonaws.com` } },
  })
}
