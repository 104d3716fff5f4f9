import { TABLE_KEY } from '../../src/protocol/names.ts'

/** What IAM would see of a request to DynamoDB: an action, and the leading keys it names. */
export interface Access {
  readonly action: string
  /** `undefined`: the request names no key. */
  readonly keys: readonly string[] | undefined
}

type Body = Readonly<Record<string, unknown>>

/** The accesses that a DynamoDB request makes, one for each statement or element of a batch of those. */
export function accessesOf(target: string, body: Body): readonly Access[] {
  const operation = target.slice(target.indexOf('.') + 1)
  switch (operation) {
    case 'PutItem':
      return [access('PutItem', [keyOf(body['Item'])])]
    case 'GetItem':
    case 'UpdateItem':
    case 'DeleteItem':
      return [access(operation, [keyOf(body['Key'])])]
    case 'BatchGetItem':
      return Object.values(record(body['RequestItems'])).map((request) =>
        access(operation, list(record(request)['Keys']).map(keyOf)),
      )
    case 'BatchExecuteStatement':
      return list(body['Statements']).map(statementAccess)
    case 'ExecuteStatement':
      return [statementAccess(body)]
    case 'TransactWriteItems':
      return list(body['TransactItems']).flatMap((item) =>
        Object.entries(record(item)).map(([kind, write]) => {
          const { Item, Key } = record(write)
          return access(kind === 'ConditionCheck' ? 'ConditionCheckItem' : `${kind}Item`, [
            keyOf(Item ?? Key),
          ])
        }),
      )
    default:
      return [{ action: `dynamodb:${operation}`, keys: undefined }]
  }
}

/** The key of a statement stands in its text, or is a parameter: its place is counted in the text. */
function statementAccess(statement: unknown): Access {
  const { Statement, Parameters } = record(statement)
  const text = String(Statement)
  const verb = text.slice(0, text.indexOf(' ')).toUpperCase()
  const action = `PartiQL${verb[0]}${verb.slice(1).toLowerCase()}`
  const at = new RegExp(`(?:'${TABLE_KEY}'\\s*:|WHERE "${TABLE_KEY}"\\s*=)\\s*(?:\\?|'([^']*)')`).exec(text)
  if (!at) return access(action, [undefined])
  if (at[1] !== undefined) return access(action, [at[1]])
  const before = text.slice(0, at.index).split('?').length - 1
  return access(action, [string(list(Parameters)[before])])
}

function access(action: string, keys: readonly (string | undefined)[]): Access {
  const known = keys.filter((key) => key !== undefined)
  return {
    action: `dynamodb:${action}`,
    keys: known.length === keys.length && known.length > 0 ? known : undefined,
  }
}

function keyOf(item: unknown): string | undefined {
  return string(record(item)[TABLE_KEY])
}

function string(value: unknown): string | undefined {
  const { S } = record(value)
  return typeof S === 'string' ? S : undefined
}

function record(value: unknown): Body {
  return typeof value === 'object' && value !== null ? (value as Body) : {}
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
