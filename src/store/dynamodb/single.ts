import type { MetRecord } from '../../protocol/record.ts'
import { backOff } from './back-off.ts'
import type { Connection } from './connection.ts'
import { isConditionFailure, isMisconfigured } from './failures.ts'
import { type Item, recordOf } from './item.ts'
import { type ReadResult, readOne } from './read.ts'
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
  return read !== undefined && 'unreadable' in read ? { failed: read.unreadable } : { met: read }
}

/**
 * Sends one write by itself, up to `attempts` times while its failure may pass and the deadline (monotonic ms) allows.
 * Each attempt has the SDK's own retries inside. Never rejects.
 */
export async function writeOne(
  connection: Connection,
  write: Write,
  deadline: number,
  attempts: number,
): Promise<Written> {
  const { table } = connection
  const send = () =>
    write.equals === undefined
      ? connection.put(toPut(table, write), deadline)
      : connection.update(toUpdate(table, write), deadline)
  for (let count = 1; ; count++) {
    const written = await attemptWrite(connection, write.id, deadline, send)
    if (!('failed' in written) || count >= attempts || isMisconfigured(written.failed)) return written
    if (!(await backOff(connection.runtime, count, deadline))) return written
  }
}

/** Sends one conditional write once. A failed condition alone is no answer: the item comes with it, or is read. */
export async function attemptWrite(
  connection: Connection,
  id: string,
  deadline: number,
  send: () => Promise<{ readonly Attributes?: Item | undefined }>,
): Promise<Written> {
  try {
    const { Attributes: old } = await send()
    // A write that created its item may answer with an empty one.
    return { old: old?.['owner'] === undefined ? undefined : recordOf(old) }
  } catch (error) {
    if (!isConditionFailure(error)) return { failed: error }
    const item = (error as { readonly Item?: Item }).Item
    if (item !== undefined) return { met: recordOf(item) }
    return writtenOver(await readOne(connection, id, deadline))
  }
}
