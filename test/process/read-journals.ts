import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Entry, type JournalLine, pidOf } from './journal.ts'

export interface Journals {
  readonly effects: Entry<'effect'>[]
  readonly ends: Entry<'end'>[]
  readonly notices: Entry<'notice'>[]
  readonly noAnswers: Entry<'no-answer'>[]
  readonly memory: Entry<'memory'>[]
  /** Process ids of the workers that were ready to work. */
  readonly workers: ReadonlySet<number>
  readonly unreadable: number
}

/** Reads every worker's journal. */
export function readJournals(folder: string): Journals {
  const names = readdirSync(folder)
  const effects: Entry<'effect'>[] = []
  const ends: Entry<'end'>[] = []
  const notices: Entry<'notice'>[] = []
  const noAnswers: Entry<'no-answer'>[] = []
  const memory: Entry<'memory'>[] = []
  let unreadable = 0
  for (const name of names) {
    const pid = pidOf(name)
    const lines = readFileSync(join(folder, name), 'utf8').split('\n')
    // Each line ends with a line break, so the last piece is empty unless a write was torn.
    if (lines.pop() !== '') unreadable += 1
    for (const text of lines) {
      const line = parse(text)
      if (line === undefined) unreadable += 1
      else if (line.type === 'effect') effects.push({ ...line, pid })
      else if (line.type === 'end') ends.push({ ...line, pid })
      else if (line.type === 'notice') notices.push({ ...line, pid })
      else if (line.type === 'no-answer') noAnswers.push({ ...line, pid })
      else memory.push({ ...line, pid })
    }
  }
  return { effects, ends, notices, noAnswers, memory, workers: new Set(names.map(pidOf)), unreadable }
}

function parse(text: string): JournalLine | undefined {
  try {
    // Written by journal.ts and by nobody else.
    return JSON.parse(text) as JournalLine
  } catch {
    return undefined
  }
}
