import { type BatchShape, SENT_AGAIN, STATES } from './events.ts'
import type { CountResult } from './jobs.ts'
import type { Summary } from './stats.ts'
import type { SubjectName } from './subject.ts'

/** One line of measurement: a shape of batch, at a distance from the server. */
export interface Cell extends BatchShape {
  readonly id: string
  readonly delayMs: number
  readonly inFlight: number
  /** Batches per slice: enough for some tenths of a second. */
  readonly batches: number
  /** Slices per subject. */
  readonly rounds: number
}

export interface Measured {
  /** Median over slices. */
  readonly cpuPerMessageUs: number
  /** Over all batches. */
  readonly wallP50Ms: number
  readonly wallP95Ms: number
  /** Median over slices. */
  readonly messagesPerSecond: number
}

/** One subject's slices against another's, neighbour by neighbour. */
export interface Ratio {
  readonly cpu: Summary
  readonly wall: Summary
  readonly rate: Summary
}

export interface CellResult extends Cell {
  readonly subjects: Partial<Record<SubjectName, Measured>>
  /** oncekit over powertools, oncekit over floor. */
  readonly ratios: Partial<Record<'powertools' | 'floor', Ratio>>
}

export interface CountRow extends BatchShape {
  readonly id: string
  readonly subjects: Partial<Record<SubjectName, CountResult>>
}

const BATCHES: Record<number, number> = { 1: 60, 10: 20, 100: 4, 10000: 1 }

function cell(shape: BatchShape, delayMs: number, rounds: number, inFlight = 1): Cell {
  const where = delayMs === 0 ? '' : `+${delayMs}ms`
  const many = inFlight === 1 ? '' : `x${inFlight}`
  const id = [`${shape.size}-${shape.state}`, where, many].filter(Boolean).join(' ')
  return { id, ...shape, delayMs, inFlight, batches: (BATCHES[shape.size] ?? 10) * inFlight, rounds }
}

/** Every batch shape; a single message cannot be one duplicate in ten. */
export function shapes(sizes: readonly number[]): BatchShape[] {
  return sizes.flatMap((size) =>
    STATES.filter((state) => size > 1 || state !== 'one-in-ten').map((state) => ({ size, state })),
  )
}

/** What is counted: every shape, and duplicates that come as first deliveries, which cost writes. */
export function countedShapes(sizes: readonly number[]): BatchShape[] {
  return [...shapes(sizes), ...sizes.map((size) => ({ size, state: SENT_AGAIN }) as const)]
}

export function allCells(quick: boolean): Cell[] {
  const rounds = quick ? 5 : 15
  const near = shapes([1, 10, 100]).map((shape) => cell(shape, 0, rounds))
  const far = [3, 5].flatMap((delayMs) => [
    cell({ size: 10, state: 'fresh' }, delayMs, rounds),
    cell({ size: 100, state: 'fresh' }, delayMs, rounds),
    cell({ size: 10, state: 'duplicates' }, delayMs, rounds),
  ])
  const rate = cell({ size: 10, state: 'fresh' }, 0, rounds, 4)
  const large = quick ? [] : shapes([10_000]).map((shape) => cell(shape, 0, shape.state === 'fresh' ? 3 : 1))
  return [...near, rate, ...far, ...large]
}
