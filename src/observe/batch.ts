import { aboutError } from './about-error.ts'
import { contain } from './contain.ts'
import { type BatchCounts, countEvent, nameOf, newCounts } from './counts.ts'
import type { MessageEvent, NoticeEvent, OnceEvent } from './events.ts'
import { ERRORS, WARNINGS } from './lines.ts'
import type { Log, LogErrors } from './logger.ts'
import { LONGEST_DETAIL, shorten } from './shorten.ts'

/** Who listens. Both are contained already: they neither throw nor are waited for. */
export interface Listeners {
  observe(event: OnceEvent): void
  readonly log: Log
  /** Whether the log may see more of an error than the name of its class. */
  readonly logErrors: LogErrors
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

export function observeBatch(namespace: string, { observe, log, logErrors }: Listeners): BatchObservation {
  const counts = newCounts()
  const lines = new Map<string, number>()

  // Contained: an error that is looked at may be a proxy, or have getters that throw.
  const say = contain((event: MessageEvent | NoticeEvent) => {
    const name = nameOf(event)
    const text = ERRORS[name] ?? WARNINGS[name]
    const said = lines.get(name) ?? 0
    if (!text || said >= (event.kind === 'notice' ? 1 : LINES_PER_OUTCOME)) return
    lines.set(name, said + 1)
    const { kind: _, error: __, ...fields } = event
    log(ERRORS[name] ? 'error' : 'warn', text, {
      ...shortened(fields),
      ...aboutError(event, logErrors),
    })
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

/** Ids and names come from outside: they may be of any length. */
function shortened(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      typeof value === 'string' ? shorten(value, name === 'detail' ? LONGEST_DETAIL : undefined) : value,
    ]),
  )
}
