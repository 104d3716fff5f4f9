import { isOncekitError } from '../errors/is-oncekit-error.ts'
import { contain } from './contain.ts'
import { type BatchCounts, countEvent, newCounts } from './counts.ts'
import type { MessageEvent, NoticeEvent, OnceEvent } from './events.ts'
import { failureName } from './failure-name.ts'
import { lineOf } from './lines.ts'
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
    const line = lineOf(event)
    if (!line) return
    const { kind, error, ...fields } = event
    const name = event.kind === 'notice' ? event.notice : event.outcome
    const said = lines.get(name) ?? 0
    if (said >= (event.kind === 'notice' ? 1 : LINES_PER_OUTCOME)) return
    lines.set(name, said + 1)
    if (error !== undefined) {
      const detail = fromHandler(event) || !isOncekitError(error) ? undefined : error.message
      Object.assign(fields, { failure: failureName(error), detail })
    }
    log(line.level, line.text, fields)
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

/**
 * Whether the error is one that the user's code threw. Of such only the class name is logged, whatever code it has:
 * its message may carry what a log must not. Errors from before the handler ran are our own and say what to do.
 */
function fromHandler(event: MessageEvent | NoticeEvent): boolean {
  return event.kind === 'notice' || event.outcome === 'failed' || event.outcome === 'poisoned'
}
