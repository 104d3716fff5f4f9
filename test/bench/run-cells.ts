import type { Cell, CellResult, CountRow, Measured, Ratio } from './cells.ts'
import { type BatchShape, SENT_AGAIN } from './events.ts'
import type { CountResult, Slice } from './jobs.ts'
import { BenchWorker } from './process.ts'
import { median, pairRatios, percentile } from './stats.ts'
import type { SubjectName } from './subject.ts'

export interface Ground {
  readonly subjects: readonly SubjectName[]
  readonly bundles: Readonly<Record<string, string>>
  /** Of the server itself. */
  readonly endpoint: string
  readonly progress: (line: string) => void
}

let serial = 0

/** Names that no batch had before. */
export function batchNames(count: number): string[] {
  return Array.from({ length: count }, () => {
    serial += 1
    return `b${serial}`
  })
}

const NEEDS_RECORDS = new Set(['duplicates', 'one-in-ten', 'stuck', SENT_AGAIN])

/** Leaves records behind in a process that ends at once, as a dead host's would be. */
export async function seed(ground: Ground, subject: SubjectName, shape: BatchShape, batches: string[]) {
  if (!NEEDS_RECORDS.has(shape.state)) return
  const bundle = ground.bundles[subject] ?? ''
  const seeder = await BenchWorker.start({ subject, bundle, endpoint: ground.endpoint })
  try {
    await seeder.seed({ shape, batches })
  } finally {
    await seeder.stop()
  }
}

/** Requests and units of one batch of each shape. Not timed. */
export async function countShapes(ground: Ground, wanted: readonly BatchShape[]): Promise<CountRow[]> {
  const rows: CountRow[] = []
  for (const shape of wanted) {
    const id = `${shape.size}-${shape.state}`
    ground.progress(`counting ${id}`)
    const subjects: Partial<Record<SubjectName, CountResult>> = {}
    for (const subject of ground.subjects) {
      // The floor looks at no answer: what is there already it would run again.
      if (subject === 'floor' && shape.state === SENT_AGAIN) continue
      const [batch = ''] = batchNames(1)
      await seed(ground, subject, shape, [batch])
      const bundle = ground.bundles[subject] ?? ''
      const worker = await BenchWorker.start({ subject, bundle, endpoint: ground.endpoint })
      try {
        subjects[subject] = await worker.count({ shape, batch })
      } finally {
        await worker.stop()
      }
    }
    rows.push({ id, ...shape, subjects })
  }
  return rows
}

/** Times the cells, all at one distance, with one long-lived process per subject and the subjects in alternation. */
export async function timeCells(
  ground: Ground,
  endpoint: string,
  cells: readonly Cell[],
): Promise<CellResult[]> {
  const workers = new Map<SubjectName, BenchWorker>()
  try {
    for (const subject of ground.subjects) {
      const bundle = ground.bundles[subject] ?? ''
      const worker = await BenchWorker.start({ subject, bundle, endpoint })
      workers.set(subject, worker)
      ground.progress(`warming up ${subject}`)
      await worker.time({ shape: { size: 10, state: 'fresh' }, batches: batchNames(300), inFlight: 1 })
    }
    const results: CellResult[] = []
    for (const cell of cells) results.push(await timeCell(ground, workers, cell))
    return results
  } finally {
    await Promise.all([...workers.values()].map((worker) => worker.stop()))
  }
}

async function timeCell(
  ground: Ground,
  workers: Map<SubjectName, BenchWorker>,
  cell: Cell,
): Promise<CellResult> {
  const slices = new Map<SubjectName, Slice[]>(ground.subjects.map((subject) => [subject, []]))
  const names = new Map<SubjectName, string[]>()
  const warm = cell.size > 1_000 ? 0 : 1
  const wanted = (cell.rounds + warm) * cell.batches
  for (const subject of ground.subjects) {
    ground.progress(`${cell.id}: records for ${subject}`)
    const batches = batchNames(wanted)
    await seed(ground, subject, cell, batches)
    names.set(subject, batches)
  }
  for (let round = 0; round < cell.rounds + warm; round += 1) {
    ground.progress(`${cell.id}: round ${round + 1 - warm} of ${cell.rounds}`)
    // Forth and back, so that a drift of the machine favours nobody.
    const order = round % 2 === 0 ? ground.subjects : ground.subjects.toReversed()
    for (const subject of order) {
      const batches = names.get(subject)?.splice(0, cell.batches) ?? []
      const shape = { size: cell.size, state: cell.state }
      const slice = await workers.get(subject)?.time({ shape, batches, inFlight: cell.inFlight })
      if (slice && round >= warm) slices.get(subject)?.push(slice)
    }
  }
  const subjects: Partial<Record<SubjectName, Measured>> = {}
  for (const [subject, of] of slices) subjects[subject] = measured(of)
  const ratios: Partial<Record<'powertools' | 'floor', Ratio>> = {}
  const ours = slices.get('oncekit')
  for (const other of ['powertools', 'floor'] as const) {
    const theirs = slices.get(other)
    if (ours && theirs) ratios[other] = ratio(ours, theirs)
  }
  return { ...cell, subjects, ratios }
}

function cpuPerMessage(slice: Slice): number {
  return slice.cpuUs / slice.messages
}

function rate(slice: Slice): number {
  return (slice.messages / slice.elapsedMs) * 1_000
}

function measured(slices: readonly Slice[]): Measured {
  const walls = slices.flatMap((slice) => slice.wallMs)
  return {
    cpuPerMessageUs: median(slices.map(cpuPerMessage)),
    wallP50Ms: percentile(walls, 0.5),
    wallP95Ms: percentile(walls, 0.95),
    messagesPerSecond: median(slices.map(rate)),
  }
}

function ratio(ours: readonly Slice[], theirs: readonly Slice[]): Ratio {
  const wall = (slice: Slice) => median(slice.wallMs)
  return {
    cpu: pairRatios(ours.map(cpuPerMessage), theirs.map(cpuPerMessage)),
    wall: pairRatios(ours.map(wall), theirs.map(wall)),
    rate: pairRatios(ours.map(rate), theirs.map(rate)),
  }
}
