import { describe, expect, it } from 'vitest'
import { memoryStore } from '../../src/store/memory/memory-store.ts'
import { PAGE, pageWith, rowOf } from './page.ts'
import {
  type Conditions,
  KINDS,
  type Kind,
  type Outcome,
  type Place,
  play,
  type Stage,
  type StoreOptions,
  type Subject,
} from './scene.ts'

/** One line of a table: who stands where, and what to do about it. The rest of the line is measured. */
export interface Row {
  readonly neighbour: string
  readonly where: string
  /** Several where the same must come out of each: two versions of Middy. */
  readonly subjects: readonly ((stage: Stage) => Subject)[]
  readonly todo: string
  /** What of an error or of the log the page shows. Without it nothing may be said that is not said without a neighbour. */
  readonly says?: RegExp
  readonly conditions?: Conditions
  /** Effects that may be there twice: nothing confirmed them. */
  readonly repeats?: readonly Kind[]
}

/** Said of every message that fails. */
const USUAL = [
  'warn: Handler failed; the message comes back.',
  'warn: Stuck item taken over; may happen twice.',
]

const HEAD = ['neighbour', 'where', 'comes back at first', 'in the end', 'said', 'do']

/**
 * Makes a test of each row, and one that holds the page's table to what the rows came to. `npx vitest run test/company -u
 * --no-file-parallelism` writes the tables anew.
 */
export function outcomes(
  section: string,
  rows: readonly Row[],
  open: () => Promise<readonly [Place, StoreOptions]> | readonly [Place, StoreOptions],
): void {
  const table: string[] = []
  describe(`${section}: what becomes of four messages`, () => {
    it.each(rows.map((row, index) => [row.neighbour, row.where, row, index] as const))(
      '%s, %s',
      async (_neighbour, _where, row, index) => {
        const results: Outcome[] = []
        for (const make of row.subjects) {
          const [place, options] = await open()
          results.push(await play(place, options, make, row.conditions))
        }
        const [result] = results
        if (result === undefined) throw new Error('A row needs a subject.')
        for (const other of results) expect(other).toEqual(result)
        expect(result.lost, 'acknowledged, and not completed').toEqual([])
        const twice = result.effects.filter((kind, at) => result.effects.indexOf(kind) !== at)
        expect(twice, 'effects that are there twice').toEqual(row.repeats ?? [])
        table[index] = rowOf([row.neighbour, row.where, ...measured(row, result), row.todo])
      },
    )

    it('stands in docs/company.md', async () => {
      const head = [rowOf(HEAD), rowOf(HEAD.map(() => '---'))]
      await expect(pageWith(section, [...head, ...table])).toMatchFileSnapshot(PAGE)
    })
  })
}

/** The measured cells of a row. */
function measured(row: Row, outcome: Outcome): string[] {
  const { first } = outcome
  const said = [...outcome.log, ...(first.thrown === undefined ? [] : [first.thrown])]
  const unusual = said.filter((line) => !USUAL.includes(line))
  if (row.says === undefined) expect(unusual).toEqual([])
  const shown = row.says?.exec(unusual.join('\n'))?.[0]
  if (row.says !== undefined) expect(shown, unusual.join('\n')).toBeDefined()
  return [
    first.thrown === undefined ? names(first.back) : 'all, by an error',
    inTheEnd(row, outcome),
    shown ?? 'as always',
  ]
}

function inTheEnd({ repeats = [] }: Row, { left, effects, deliveries }: Outcome): string {
  const once = [...new Set(effects)].filter((kind) => !repeats.includes(kind))
  const ran = [
    ...(once.length > 0 ? [`${names(once)} ran once`] : []),
    ...repeats.map((kind) => `${kind} ran twice`),
  ]
  if (left.length === 0 && ran.length === 1) return `each once, in ${deliveries} deliveries`
  const end = left.length > 0 ? `${names(left)} to the dead-letter queue` : `in ${deliveries} deliveries`
  return `${ran.join(', ') || 'nothing runs'}; ${end}`
}

function names(kinds: readonly Kind[]): string {
  return kinds.length === KINDS.length ? 'all' : kinds.join(', ') || 'none'
}

/** A table of its own for every row. */
export function inMemory(): readonly [Place, StoreOptions] {
  const store = memoryStore()
  return [store, { store }]
}
