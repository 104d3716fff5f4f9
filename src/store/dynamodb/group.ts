import type { BatchStatementResponse } from '@aws-sdk/client-dynamodb'
import type { CallContext } from '../contract.ts'
import type { Connection } from './connection.ts'
import { isConditionFailure, isFormRefused, isMisconfigured } from './failures.ts'
import type { Form } from './forms.ts'
import { readMany } from './read.ts'
import { metIn, type Written, writeOne, writtenOver } from './single.ts'
import { toStatement, type Write } from './write.ts'

/** A write that is asked for, and by when. */
export interface Asked {
  readonly write: Write
  readonly context: CallContext
}

/** Told what became of a write, as soon as it is known. `whole`: the request that it was in failed as a whole. */
export type Told<One extends Asked> = (one: One, written: Written, whole: boolean) => void

/** The batch form that a write takes. */
export function formOf({ equals }: Write): Form {
  return equals === undefined ? 'insert' : 'update'
}

/**
 * Sends writes of different ids in one request, once; what the batch form is refused goes by itself.
 * Resolves when all are told. Never rejects.
 */
export async function writeTogether<One extends Asked>(
  connection: Connection,
  group: readonly One[],
  told: Told<One>,
): Promise<void> {
  const { table } = connection
  const context = contextOf(group)
  const refused = new Map<One, unknown>()
  const unread: One[] = []
  let responses: readonly BatchStatementResponse[]
  try {
    const statements = group.map(({ write }) => toStatement(table, write))
    responses = await connection.execute(statements, context)
  } catch (error) {
    if (isFormRefused(error, table)) {
      return oneByOne(connection, new Map(group.map((one) => [one, error])), context, told)
    }
    for (const one of group) told(one, { failed: error }, true)
    return
  }
  group.forEach((one, index) => {
    const response = responses[index]
    const failure = response?.Error
    if (response !== undefined && failure === undefined) told(one, { old: undefined }, false)
    else if (isConditionFailure(failure)) {
      const met = metIn(failure?.Item)
      if (met === undefined) unread.push(one)
      else told(one, { met }, false)
    } else if (isFormRefused(failure, table)) refused.set(one, failure)
    // Throttled, failed inside or not answered: the SDK does not come back for statements.
    else told(one, { failed: failure }, false)
  })
  await Promise.all([
    oneByOne(connection, refused, context, told),
    readAll(connection, unread, context, told),
  ])
}

/**
 * What the batch form was refused. Where single items of that form are served and none is refused too, the form is not
 * used any more; where one is (it is too large, say), the form is not to blame.
 */
async function oneByOne<One extends Asked>(
  connection: Connection,
  refused: ReadonlyMap<One, unknown>,
  context: CallContext,
  told: Told<One>,
): Promise<void> {
  const served = new Map<Form, { readonly refusal: unknown; answered: boolean; refused: boolean }>()
  const answers = Array.from(refused, async ([one, refusal]) => {
    const written = await writeOne(connection, one.write, one.context)
    const form = formOf(one.write)
    const seen = served.get(form) ?? { refusal, answered: false, refused: false }
    served.set(form, seen)
    if (!('failed' in written)) seen.answered = true
    else if (isMisconfigured(written.failed)) seen.refused = true
    told(one, written, false)
  })
  await Promise.all(answers)
  for (const [form, seen] of served) {
    if (seen.answered && !seen.refused) connection.forms.giveUp(form, seen.refusal, context)
  }
}

/** One read for all whose item did not come with the answer. */
async function readAll<One extends Asked>(
  connection: Connection,
  unread: readonly One[],
  context: CallContext,
  told: Told<One>,
): Promise<void> {
  if (unread.length === 0) return
  const ids = unread.map(({ write }) => write.id)
  const found = await readMany(connection, ids, context)
  for (const one of unread) told(one, writtenOver(found.get(one.write.id)), false)
}

/** Calls of several invocations may share a request. The first deadline ends it. */
function contextOf(group: readonly Asked[]): CallContext {
  const deadline = Math.min(...group.map(({ context }) => context.deadline))
  // A group has members.
  return { ...(group[0] as Asked).context, deadline }
}
