import { appendFileSync, openSync } from 'node:fs'
import { join } from 'node:path'
import type { Outcome } from 'oncekit'

/** One line of a worker's journal. Times are epoch milliseconds. */
export type JournalLine =
  /** The effect itself: what must happen once. */
  | {
      readonly type: 'effect'
      readonly messageId: string
      readonly attempt: number
      readonly fence: number
      /** When the time to settle runs out. */
      readonly deadline: number
      /** When its handler began. */
      readonly startedAt: number
      readonly time: number
    }
  /** How the library ended a message; `completed` is a confirmed completion. */
  | {
      readonly type: 'end'
      readonly messageId: string
      /** Present when a claim was granted. */
      readonly attempt?: number
      readonly outcome: Outcome
      readonly time: number
    }
  | { readonly type: 'notice'; readonly notice: string; readonly messageId?: string; readonly time: number }
  /** One HTTP request to the store that got no answer in time: the SDK may send it again. */
  | {
      readonly type: 'no-answer'
      readonly operation: string
      /** Record ids that it named. */
      readonly ids: readonly string[]
      readonly time: number
    }
  /** After a forced garbage collection; bytes. */
  | { readonly type: 'memory'; readonly heap: number; readonly rss: number; readonly time: number }

/** A line with the process that wrote it. */
export type Entry<Type extends JournalLine['type'] = JournalLine['type']> = Extract<
  JournalLine,
  { type: Type }
> & { readonly pid: number }

/** Opens this process's own journal: appended to, one write per line, so that a kill tears none. */
export function openJournal(folder: string): (line: JournalLine) => void {
  const file = openSync(join(folder, journalName(process.pid, Date.now())), 'a')
  return (line) => appendFileSync(file, `${JSON.stringify(line)}\n`)
}

function journalName(pid: number, startedAt: number): string {
  return `${pid}.${startedAt}.ndjson`
}

/** The process id in a journal's name. */
export function pidOf(name: string): number {
  return Number.parseInt(name, 10)
}
