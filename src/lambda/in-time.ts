import type { Batch } from '../engine/batch.ts'
import type { Entry } from '../engine/entry.ts'
import { at } from '../engine/invocation.ts'

/** How long answers are waited for where nobody knows the end of the invocation, in ms. */
const OPEN_WAIT_MS = 30_000

/**
 * Waits for all at the same time, for half of the time until no record starts any more: one that never answers must not
 * take the time of those that have. What has not answered by then is not started, and comes back.
 *
 * @param refuse told of each that rejects in time
 */
export function inTime(
  batch: Batch,
  answers: ReadonlyMap<Entry, Promise<void>>,
  refuse: (batch: Batch, entry: Entry, error: unknown) => void,
): Promise<void> {
  const { settings, invocation } = batch
  const { runtime } = settings
  const { promise, resolve } = Promise.withResolvers<void>()
  const unanswered = new Set(answers.keys())
  const now = runtime.monotonic()
  const until = invocation.stopAt === Infinity ? now + OPEN_WAIT_MS : now + (invocation.stopAt - now) / 2
  const cancel = at(runtime, until, giveUp)
  for (const [entry, answer] of answers) {
    void answer.then(
      () => answered(entry),
      (error: unknown) => {
        refuse(batch, entry, error)
        answered(entry)
      },
    )
  }
  return promise

  function answered(entry: Entry): void {
    if (!unanswered.delete(entry) || unanswered.size > 0) return
    cancel()
    resolve()
  }

  function giveUp(): void {
    batch.notice('slow-input', undefined, { unanswered: unanswered.size })
    for (const entry of unanswered) batch.end(entry, 'not-started')
    unanswered.clear()
    resolve()
  }
}
