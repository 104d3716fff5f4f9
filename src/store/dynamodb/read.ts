import { TABLE_KEY } from '../../protocol/names.ts'
import type { MetRecord } from '../../protocol/record.ts'
import type { CallContext } from '../contract.ts'
import { backOff } from './back-off.ts'
import type { Connection } from './connection.ts'
import { isAccessDenied } from './failures.ts'
import { type Item, recordOf, s } from './item.ts'

/** BatchGetItem's own limit. */
const KEYS_PER_REQUEST = 100
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
  if (connection.batching && ids.length > 1) {
    const chunks: Promise<void>[] = []
    for (let start = 0; start < ids.length; start += KEYS_PER_REQUEST) {
      chunks.push(readChunk(connection, ids.slice(start, start + KEYS_PER_REQUEST), context, found))
    }
    await Promise.all(chunks)
  }
  const rest = ids.filter((id) => !found.has(id))
  await Promise.all(rest.map(async (id) => found.set(id, await readOne(connection, id, context.deadline))))
  return found
}

/** Reads one record consistently. Never rejects. */
export async function readOne(connection: Connection, id: string, deadline: number): Promise<ReadResult> {
  try {
    const input = { TableName: connection.table, Key: { [TABLE_KEY]: s(id) }, ...READ }
    const { Item: item } = await connection.get(input, deadline)
    return item === undefined ? undefined : recordOf(item)
  } catch (error) {
    return { unreadable: error }
  }
}

/** Fills `found`. Ids left out of it (denied, or unprocessed for too long) are read one by one. */
async function readChunk(
  connection: Connection,
  ids: readonly string[],
  context: CallContext,
  found: Map<string, ReadResult>,
): Promise<void> {
  let keys: Item[] = ids.map((id) => ({ [TABLE_KEY]: s(id) }))
  for (let round = 0; round < ROUNDS && keys.length > 0; round++) {
    // A throttled batch read answers 200 and leaves keys out; the SDK does not come back for them.
    if (round > 0 && !(await backOff(connection.runtime, round, context.deadline))) return
    try {
      const output = await connection.batchGet(
        { RequestItems: { [connection.table]: { Keys: keys, ...READ } } },
        context.deadline,
      )
      for (const key of keys) found.set(idOf(key), undefined)
      for (const item of output.Responses?.[connection.table] ?? []) found.set(idOf(item), recordOf(item))
      keys = output.UnprocessedKeys?.[connection.table]?.Keys ?? []
      for (const key of keys) found.delete(idOf(key))
    } catch (error) {
      if (isAccessDenied(error)) connection.deny('BatchGetItem', error, context)
      else for (const key of keys) found.set(idOf(key), { unreadable: error })
      return
    }
  }
}

function idOf(item: Item): string {
  return item[TABLE_KEY]?.S ?? ''
}
