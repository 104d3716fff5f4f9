import { OncekitError } from '../errors/oncekit-error.ts'
import { contain } from './contain.ts'
import { type BatchCounts, countEvent, nameOf, newCounts } from './counts.ts'
import type { MessageEvent, NoticeEvent, OnceEvent } from './events.ts'
import { failureName } from './failure-name.ts'
import { ERRORS, WARNINGS } from './lines.ts'
import type { Log } from './logger.ts'

/** Who listens. Both are contained already: they neither throw nor are waited for. */
export interface Listeners {
  observe(event: OnceEvent): void
  readonly log: Log
}

/** What is seen of one batch. One per batch, so that invocations interleaved in one process do not mix. */
export interface BatchObservation {
  readonly counts: Readonly<BatchCounts>
  /** Counts the event, shows it to the observer, logs it. Also after `end`, for what settles late. */
  emit(event: MessageEvent | NoticeEvent): void
  /** The batch is answered: shows the counts to the observer. */
  end(answer: { readonly messages: number; readonly failures: number; readonly durationMs: number }): void
}

/** Lines of one outcome in one batch; the metrics have the rest. A batch may hold 10,000 messages. */
const LINES_PER_OUTCOME = 10

export function observeBatch(namespace: string, { observe, log }: Listeners): BatchObservation {
  const counts = newCounts()
  const lines = new Map<string, number>()

  // Contained: an error that is looked at may be a proxy, or have getters that throw.
  const say = contain((event: MessageEvent | NoticeEvent) => {
    const name = nameOf(event)
    const text = ERRORS[name] ?? WARNINGS[name]
    const said = lines.get(name) ?? 0
    if (!text || said >= (event.kind === 'notice' ? 1 : LINES_PER_OUTCOME)) return
    lines.set(name, said + 1)
    const { kind, error, ...fields } = event
    if (error !== undefined) {
      // Of what the user's code threw only the class name is logged, whatever class it has: its message may carry what
      // a log must not. Our own errors from before the handler ran say what to do.
      const ours =
        error instanceof OncekitError &&
        (kind === 'message' ? name !== 'failed' && name !== 'poisoned' : name === 'store-refused')
      Object.assign(fields, { failure: failureName(error), detail: ours ? error.message : undefined })
    }
    log(ERRORS[name] ? 'error' : 'warn', text, fields)
  })

  return {
    counts,
    emit(event) {
      countEvent(counts, event)
      observe(event)
      say(event)
    },
    end(answer) {
      observe({ kind: 'batch', namespace, counts: { ...counts }, ...answer })
    },
  }
}
