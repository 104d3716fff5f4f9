import type { MetRecord } from '../../protocol/record.ts'
import type { CallContext } from '../contract.ts'
import type { Connection } from './connection.ts'
import { isConditionFailure } from './failures.ts'
import { type Item, recordOf } from './item.ts'
import { isUnreadable, type ReadResult, readOne } from './read.ts'
import { toPut, toUpdate, type Write } from './write.ts'

/** What became of a conditional write. */
export type Written =
  /** It landed; `old` is what it replaced, where the write asked for it. */
  | { readonly old: MetRecord | undefined }
  /** Its condition failed on this record; `undefined`: there is none. */
  | { readonly met: MetRecord | undefined }
  /** It did not come through, or nobody knows whether it did. */
  | { readonly failed: unknown }

/** What a write that did not land is told by a look at the record. */
export function writtenOver(read: ReadResult): Exclude<Written, { old: unknown }> {
  return isUnreadable(read) ? { failed: read.unreadable } : { met: read }
}

/** The record of an item that came with a failed condition. One that names no owner is not the whole of it. */
export function metIn(item: Item | undefined): MetRecord | undefined {
  return item?.['owner'] === undefined ? undefined : recordOf(item)
}

/** Sends one write by itself, once. Never rejects. */
export function writeOne(connection: Connection, write: Write, context: CallContext): Promise<Written> {
  const { table } = connection
  return attemptWrite(connection, write.id, context, () =>
    write.equals === undefined
      ? connection.put(toPut(table, write), context)
      : connection.update(toUpdate(table, write), context),
  )
}

/** Sends one conditional write. A failed condition alone is no answer: the item comes with it, or is read. */
export async function attemptWrite(
  connection: Connection,
  id: string,
  context: CallContext,
  send: () => Promise<{ readonly Attributes?: Item | undefined }>,
): Promise<Written> {
  try {
    const { Attributes: old } = await send()
    // A write that created its item may answer with an empty one.
    return { old: metIn(old) }
  } catch (error) {
    if (!isConditionFailure(error)) return { failed: error }
    const met = metIn((error as { readonly Item?: Item }).Item)
    return met === undefined ? writtenOver(await readOne(connection, id, context)) : { met }
  }
}
