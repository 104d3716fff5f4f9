import type {
  AttributeValue,
  BatchStatementRequest,
  PutItemCommandInput,
  UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb'
import { TABLE_KEY } from '../../protocol/names.ts'
import { attributeOf, s } from './item.ts'

/**
 * Strings that stand in a statement's text: ids, tokens, hashes and names. Nothing of this can end a literal. In the text
 * a value costs half of what a parameter does; whatever is not of this form is one, and so is every result: statements may
 * be logged, and a result is the user's. Two hyphens begin a comment in PartiQL: what has them is a parameter, whatever a parser makes
 * of them inside quotes.
 */
const PLAIN = /^(?!.*--)[\w.#-]{1,128}$/

/** Attributes by name, as they are meant; one without a value is left out. */
export type Attributes = Readonly<Record<string, string | number | Uint8Array | undefined>>

/** One conditional write of one record, whatever it is sent as. */
export interface Write {
  readonly id: string
  readonly set: Attributes
  /** An attribute to remove; only with `equals`. */
  readonly remove?: string | undefined
  /** What the record must still be. Nothing given: it must be absent, and `set` is the whole of it. */
  readonly equals?: Attributes
  /** A number that must be below what it is set to: what lands late must not take back a newer value. */
  readonly raises?: string | undefined
}

/**
 * As a PartiQL statement of a batch. Grammar kept to what is known to mean the same on DynamoDB and on the local
 * servers: one SET with commas, at most one REMOVE, `?` parameters, double-quoted names, `=` joined by AND. INSERT
 * demands that the item is absent; UPDATE never creates.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.html
 */
export function toStatement(
  table: string,
  { id, set, remove, equals, raises }: Write,
): BatchStatementRequest {
  const Parameters: AttributeValue[] = []
  let Statement: string
  if (equals === undefined) {
    Statement = `INSERT INTO "${table}" VALUE {${list({ [TABLE_KEY]: id, ...set }, Parameters, ", '", "': ").slice(2)}}`
  } else {
    const changes = list(set, Parameters, ', "', '"=').slice(2)
    const conditions = list({ [TABLE_KEY]: id, ...equals }, Parameters, ' AND "', '"=').slice(5)
    Statement = `UPDATE "${table}" SET ${changes}${remove ? ` REMOVE "${remove}"` : ''} WHERE ${conditions}`
    if (raises) Statement += ` AND "${raises}"<${set[raises]}`
  }
  return {
    Statement,
    // An empty list is refused.
    Parameters: Parameters.length > 0 ? Parameters : undefined,
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  }
}

/** As a single `PutItem` of an absent item. */
export function toPut(table: string, { id, set }: Write): PutItemCommandInput {
  const Item: Record<string, AttributeValue> = { [TABLE_KEY]: s(id) }
  for (const [name, value] of Object.entries(set)) if (value !== undefined) Item[name] = attributeOf(value)
  return {
    TableName: table,
    Item,
    ConditionExpression: `attribute_not_exists(${TABLE_KEY})`,
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  }
}

/** As a single `UpdateItem`: `#name` and `:name` for what is set, `:is_name` for what is compared. */
export function toUpdate(
  table: string,
  { id, set, remove, equals = {}, raises }: Write,
): UpdateItemCommandInput {
  const ExpressionAttributeNames: Record<string, string> = {}
  const ExpressionAttributeValues: Record<string, AttributeValue> = {}
  const bind = (attributes: Attributes, prefix: string): string[] => {
    const texts: string[] = []
    for (const [name, value] of Object.entries(attributes)) {
      if (value === undefined) continue
      ExpressionAttributeNames[`#${name}`] = name
      ExpressionAttributeValues[prefix + name] = attributeOf(value)
      texts.push(`#${name} = ${prefix}${name}`)
    }
    return texts
  }
  let UpdateExpression = `SET ${bind(set, ':').join(', ')}`
  if (remove) {
    ExpressionAttributeNames[`#${remove}`] = remove
    UpdateExpression += ` REMOVE #${remove}`
  }
  return {
    TableName: table,
    Key: { [TABLE_KEY]: s(id) },
    UpdateExpression,
    ConditionExpression: bind(equals, ':is_').join(' AND ') + (raises ? ` AND #${raises} < :${raises}` : ''),
    ExpressionAttributeNames,
    ExpressionAttributeValues,
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  }
}

/**
 * Names between `before` and `after`, one after another, each with its value: a literal, or `?` and one more parameter.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.data-types.html
 */
function list(attributes: Attributes, parameters: AttributeValue[], before: string, after: string): string {
  let text = ''
  for (const name in attributes) {
    const value = attributes[name]
    if (value === undefined) continue
    text += before + name + after
    if (typeof value === 'number' && value >= 0 && Number.isSafeInteger(value)) text += value
    else if (typeof value === 'string' && name !== 'result' && PLAIN.test(value)) text += `'${value}'`
    else {
      parameters.push(attributeOf(value))
      text += '?'
    }
  }
  return text
}
