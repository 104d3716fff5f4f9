import { fork } from 'node:child_process'
import { once } from 'node:events'
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { localEnvironment } from '../../servers/clients.ts'
import { tableOf } from '../process.ts'
import { median, pairRatios, type Summary } from '../stats.ts'
import type { SubjectName } from '../subject.ts'
import type { Forms } from './build.ts'

const MEASURES = [
  'bundledMs',
  'unbundledMs',
  'bundledCpuMs',
  'unbundledCpuMs',
  'firstBatchMs',
  'importAndFirstMs',
] as const
export type Measure = (typeof MEASURES)[number]

export interface ColdTimes {
  /** Medians over fresh processes, milliseconds. */
  readonly subjects: Partial<Record<SubjectName, Record<Measure, number>>>
  /** oncekit over powertools, neighbour by neighbour. */
  readonly ratios: Partial<Record<Measure, Summary>>
}

interface Answer {
  readonly importMs: number
  readonly importCpuMs: number
  readonly firstBatchMs?: number
}

export interface ColdGround {
  readonly folder: string
  readonly endpoint: string
  readonly forms: ReadonlyMap<SubjectName, Forms>
  readonly runs: number
  readonly progress: (line: string) => void
}

/** Starts every subject in fresh processes, in alternation, and takes the time of each start. */
export async function measureTimes(ground: ColdGround): Promise<ColdTimes> {
  const child = join(ground.folder, 'child.mjs')
  await copyFile(fileURLToPath(new URL('./child.mjs', import.meta.url)), child)
  await build({
    entryPoints: [fileURLToPath(new URL('../events.ts', import.meta.url))],
    outfile: join(ground.folder, 'events.mjs'),
    format: 'esm',
  })
  const samples = new Map<SubjectName, Record<Measure, number[]>>()
  for (const subject of ground.forms.keys()) {
    samples.set(
      subject,
      perMeasure(() => []),
    )
  }
  const subjects = [...ground.forms]
  for (let run = 0; run <= ground.runs; run += 1) {
    ground.progress(
      run === 0 ? 'cold starts: warming the disk cache' : `cold starts: run ${run} of ${ground.runs}`,
    )
    const found = new Map<SubjectName, Record<'bundled' | 'unbundled' | 'whole', Answer>>()
    for (const [subject, forms] of run % 2 === 0 ? subjects : subjects.toReversed()) {
      const start = (file: string, what: 'import' | 'first') =>
        coldStart(ground, child, subject, file, what, run)
      found.set(subject, {
        bundled: await start(forms.bundled, 'import'),
        unbundled: await start(forms.unbundled, 'import'),
        whole: await start(forms.whole, 'first'),
      })
    }
    // What a handler with the bare SDK costs beside it, to be taken off: Node's module loader, the SDK's commands.
    const base = found.get('floor')
    if (run === 0 || base === undefined) continue
    for (const [subject, { bundled, unbundled, whole }] of found) {
      const of = samples.get(subject)
      of?.bundledMs.push(bundled.importMs - base.bundled.importMs)
      of?.unbundledMs.push(unbundled.importMs - base.unbundled.importMs)
      of?.bundledCpuMs.push(bundled.importCpuMs - base.bundled.importCpuMs)
      of?.unbundledCpuMs.push(unbundled.importCpuMs - base.unbundled.importCpuMs)
      of?.firstBatchMs.push(whole.firstBatchMs ?? NaN)
      of?.importAndFirstMs.push(whole.importMs + (whole.firstBatchMs ?? NaN))
    }
  }
  return summarise(samples)
}

async function coldStart(
  ground: ColdGround,
  child: string,
  subject: SubjectName,
  file: string,
  what: 'import' | 'first',
  run: number,
): Promise<Answer> {
  const started = fork(child, [pathToFileURL(file).href, what], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    // The parent's own flags would change what is measured; NODE_OPTIONS stays, should a machine need it.
    execArgv: [],
    env: {
      ...localEnvironment({ dynamodb: ground.endpoint }),
      ...(process.env['NODE_OPTIONS'] === undefined ? {} : { NODE_OPTIONS: process.env['NODE_OPTIONS'] }),
      AWS_LAMBDA_FUNCTION_NAME: 'bench',
      BENCH_TABLE: tableOf(subject),
      BENCH_BATCH: `cold-${run}`,
    },
  })
  const exited = once(started, 'exit')
  const answer: unknown = await Promise.race([
    once(started, 'message').then(([message]) => message),
    exited.then(([code]) => {
      throw new Error(`${subject}: a cold start (${what}) ended with ${code} and no answer.`)
    }),
  ])
  await exited
  // The child is ours and sends nothing else.
  return answer as Answer
}

function summarise(samples: Map<SubjectName, Record<Measure, number[]>>): ColdTimes {
  const subjects: Partial<Record<SubjectName, Record<Measure, number>>> = {}
  for (const [subject, of] of samples) {
    subjects[subject] = perMeasure((measure) => median(of[measure]))
  }
  const ratios: Partial<Record<Measure, Summary>> = {}
  const ours = samples.get('oncekit')
  const theirs = samples.get('powertools')
  if (ours && theirs) for (const name of MEASURES) ratios[name] = pairRatios(ours[name], theirs[name])
  return { subjects, ratios }
}

function perMeasure<Value>(value: (measure: Measure) => Value): Record<Measure, Value> {
  return {
    bundledMs: value('bundledMs'),
    unbundledMs: value('unbundledMs'),
    bundledCpuMs: value('bundledCpuMs'),
    unbundledCpuMs: value('unbundledCpuMs'),
    firstBatchMs: value('firstBatchMs'),
    importAndFirstMs: value('importAndFirstMs'),
  }
}
