import type { Results } from './results.ts'

/** A goal, and where its value stands in the results. Ratios are medians of pairs in one run; times never stand alone. */
export interface Goal {
  readonly measure: string
  readonly unit: string
  readonly sense: '≤' | '≥' | '='
  readonly limit: number
  /** `undefined`: not measured in this run. */
  readonly value: (results: Results) => number | undefined
}

const MB = 1_000_000

function requests(id: string) {
  return ({ counts }: Results) => counts.find((row) => row.id === id)?.subjects.oncekit?.requests
}

function units(id: string, kind: 'writeUnits' | 'readUnits') {
  return ({ counts }: Results) => {
    const row = counts.find((candidate) => candidate.id === id)
    const count = row?.subjects.oncekit?.[kind]
    return row === undefined || count === undefined ? undefined : count / row.size
  }
}

function ratio(id: string, against: 'powertools' | 'floor', measure: 'cpu' | 'wall' | 'rate') {
  return ({ cells }: Results) => cells.find((cell) => cell.id === id)?.ratios[against]?.[measure].median
}

const times = { unit: '×', sense: '≤' } as const
const count = { unit: '', sense: '≤' } as const

export const GOALS: readonly Goal[] = [
  { measure: 'requests, 10 fresh', ...count, limit: 3, value: requests('10-fresh') },
  { measure: 'requests, 100 fresh', ...count, limit: 12, value: requests('100-fresh') },
  {
    measure: 'requests, 10 redelivered duplicates',
    unit: '',
    sense: '=',
    limit: 1,
    value: requests('10-duplicates'),
  },
  { measure: 'requests, 10 stuck', ...count, limit: 4, value: requests('10-stuck') },
  { measure: 'write units per fresh message', ...count, limit: 2, value: units('10-fresh', 'writeUnits') },
  { measure: 'read units per fresh message', ...count, limit: 0, value: units('10-fresh', 'readUnits') },
  { measure: 'write units per duplicate', ...count, limit: 0, value: units('10-duplicates', 'writeUnits') },
  { measure: 'read units per duplicate', ...count, limit: 1, value: units('10-duplicates', 'readUnits') },
  {
    measure: 'write units per duplicate that comes as a first delivery',
    ...count,
    limit: 1,
    value: units('10-sent-again', 'writeUnits'),
  },
  {
    measure: 'CPU per message, 10 fresh, of the peer',
    ...times,
    limit: 0.22,
    value: ratio('10-fresh', 'powertools', 'cpu'),
  },
  {
    measure: 'CPU per message, 10 fresh, of the floor',
    ...times,
    limit: 1.4,
    value: ratio('10-fresh', 'floor', 'cpu'),
  },
  {
    measure: 'CPU per message, 100 fresh, of the peer',
    ...times,
    limit: 0.14,
    value: ratio('100-fresh', 'powertools', 'cpu'),
  },
  {
    measure: 'CPU per message, 100 fresh, of the floor',
    ...times,
    limit: 1.6,
    value: ratio('100-fresh', 'floor', 'cpu'),
  },
  {
    measure: 'CPU per message, 10 duplicates, of the peer',
    ...times,
    limit: 0.24,
    value: ratio('10-duplicates', 'powertools', 'cpu'),
  },
  {
    measure: 'wall p50 of 10 fresh at +5 ms, of the peer',
    ...times,
    limit: 0.76,
    value: ratio('10-fresh +5ms', 'powertools', 'wall'),
  },
  {
    measure: 'wall p50 of 10 fresh at +0 ms, of the peer',
    ...times,
    limit: 0.45,
    value: ratio('10-fresh', 'powertools', 'wall'),
  },
  {
    measure: 'messages/s, 4 × 10 in flight, of the peer',
    unit: '×',
    sense: '≥',
    limit: 2.7,
    value: ratio('10-fresh x4', 'powertools', 'rate'),
  },
  {
    measure: 'peak memory, one event of 10,000',
    unit: 'MB',
    sense: '≤',
    limit: 190,
    value: ({ memory }) => (memory.oncekit ? memory.oncekit.peakBytes / MB : undefined),
  },
  {
    measure: 'finishes 10,000 under a 96 MB heap (1: yes)',
    unit: '',
    sense: '=',
    limit: 1,
    value: ({ memory }) => (memory.oncekit ? Number(memory.oncekit.smallHeap === 'finished') : undefined),
  },
  {
    measure: 'wall per record, 10,000 over 10',
    ...times,
    limit: 1.2,
    value: ({ memory }) => memory.oncekit?.growth.wall,
  },
  {
    measure: 'CPU per record, 10,000 over 10',
    ...times,
    limit: 1.2,
    value: ({ memory }) => memory.oncekit?.growth.cpu,
  },
]

export type Verdict = 'met' | 'missed' | 'not measured'

export function judge(goal: Goal, results: Results): { value: number | undefined; verdict: Verdict } {
  const value = goal.value(results)
  if (value === undefined || Number.isNaN(value)) return { value: undefined, verdict: 'not measured' }
  const met =
    goal.sense === '≤' ? value <= goal.limit : goal.sense === '≥' ? value >= goal.limit : value === goal.limit
  return { value, verdict: met ? 'met' : 'missed' }
}
