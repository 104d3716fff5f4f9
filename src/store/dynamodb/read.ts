import { TABLE_KEY } from '../../protocol/names.ts'
import type { MetRecord } from '../../protocol/record.ts'
import type { CallContext } from '../contract.ts'
import { persist } from './attempts.ts'
import { backOff } from './back-off.ts'
import type { Connection } from './connection.ts'
import { isFormRefused } from './failures.ts'
import { type Item, recordOf, s } from './item.ts'

/** BatchGetItem's own limit. */
const KEYS_PER_REQUEST = 100
/** Rounds of one batch read while keys are left out of its answers; then they are read one by one. */
const ROUNDS = 4

const NAMES = Object.keys(recordOf({}))

/** How every read asks: consistently, and for just what `recordOf` takes, because every attribute is parsed. */
const READ = {
  ConsistentRead: true,
  ProjectionExpression: NAMES.map((name) => `#${name}`).join(),
  ExpressionAttributeNames: Object.fromEntries(NAMES.map((name) => [`#${name}`, name])),
}

/** What a read found: the record, `undefined` for none, or the error that kept it from being read. */
export type ReadResult = MetRecord | undefined | { readonly unreadable: unknown }

/** Reads records consistently, one request per 100 ids. Answers by id; never rejects. */
export async function readMany(
  connection: Connection,
  ids: readonly string[],
  context: CallContext,
): Promise<ReadonlyMap<string, ReadResult>> {
  const found = new Map<string, ReadResult>()
  const chunks: Promise<unknown>[] = []
  if (connection.forms.allows('read') && ids.length > 1) {
    for (let start = 0; start < ids.length; start += KEYS_PER_REQUEST) {
      chunks.push(readChunk(connection, ids.slice(start, start + KEYS_PER_REQUEST), context, found))
    }
  }
  const refusal = (await Promise.all(chunks)).find((refused) => refused !== undefined)
  const rest = ids.filter((id) => !found.has(id))
  await Promise.all(rest.map(async (id) => found.set(id, await readOne(connection, id, context))))
  if (refusal !== undefined && rest.some((id) => !isUnreadable(found.get(id)))) {
    connection.forms.giveUp('read', refusal, context)
  }
  return found
}

/** Reads one record consistently. Never rejects. */
export async function readOne(connection: Connection, id: string, context: CallContext): Promise<ReadResult> {
  try {
    const input = { TableName: connection.table, Key: { [TABLE_KEY]: s(id) }, ...READ }
    const { Item: item } = await persist(connection, context, () => connection.get(input, context))
    return item === undefined ? undefined : recordOf(item)
  } catch (error) {
    return { unreadable: error }
  }
}

export function isUnreadable(read: ReadResult): read is { readonly unreadable: unknown } {
  return read !== undefined && 'unreadable' in read
}

/**
 * Fills `found`. Ids left out of it (refused, or unprocessed for too long) are to be read one by one.
 * @returns the failure by which the batch form was refused, if it was
 */
async function readChunk(
  connection: Connection,
  ids: readonly string[],
  context: CallContext,
  found: Map<string, ReadResult>,
): Promise<unknown> {
  const { table, runtime } = connection
  let keys: Item[] = ids.map((id) => ({ [TABLE_KEY]: s(id) }))
  for (let round = 0; round < ROUNDS && keys.length > 0; round++) {
    // A throttled batch read answers 200 and leaves keys out; the SDK does not come back for them.
    if (round > 0 && !(await backOff(runtime, round, context.deadline))) return undefined
    try {
      const input = { RequestItems: { [table]: { Keys: keys, ...READ } } }
      const output = await persist(connection, context, () => connection.batchGet(input, context))
      for (const key of keys) found.set(idOf(key), undefined)
      // There is one table, whatever the answer calls it.
      const items = Object.values(output.Responses ?? {}).flat()
      for (const item of items) found.set(idOf(item), recordOf(item))
      keys = Object.values(output.UnprocessedKeys ?? {}).flatMap(({ Keys }) => Keys ?? [])
      for (const key of keys) found.delete(idOf(key))
    } catch (error) {
      if (isFormRefused(error, table)) return error
      for (const key of keys) found.set(idOf(key), { unreadable: error })
      return undefined
    }
  }
  return undefined
}

function idOf(item: Item): string {
  return item[TABLE_KEY]?.S ?? ''
}
