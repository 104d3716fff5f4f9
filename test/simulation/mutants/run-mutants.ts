import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { MUTANTS, type Mutant } from './mutants.ts'

export interface MutantOptions {
  readonly json: boolean
  /** Seeds after which a mutant counts as not caught. */
  readonly seeds: number
  readonly workers: number
}

interface Caught {
  readonly mutant: string
  readonly violation?: {
    readonly invariant: string
    readonly seed: number
    readonly steps: number
    readonly message: string
  }
}

/** Runs every mutant in a process of its own until an invariant breaks. @returns the exit code */
export async function runMutants({ json, seeds, workers }: MutantOptions): Promise<number> {
  const waiting = [...MUTANTS]
  const results = new Map<string, Caught>()
  const work = async (): Promise<void> => {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      const caught = await runOne(mutant, seeds)
      results.set(mutant.name, caught)
      process.stderr.write(
        `${results.size} of ${MUTANTS.length}: ${mutant.name} ${caught.violation === undefined ? 'NOT CAUGHT' : 'caught'}\n`,
      )
    }
  }
  await Promise.all(Array.from({ length: workers }, work))
  const rows = MUTANTS.map((mutant) => ({ ...mutant, caught: results.get(mutant.name)?.violation }))
  if (json) {
    process.stdout.write(
      `${JSON.stringify(rows.map(({ name, guard, caught }) => ({ name, guard, caught })))}\n`,
    )
  } else {
    process.stdout.write('| guard switched off | rule | invariant | seed | step |\n|---|---|---|---:|---:|\n')
    for (const { name, guard, caught } of rows) {
      const found =
        caught === undefined
          ? `**not caught in ${seeds} seeds** | | |`
          : `${caught.invariant} | ${caught.seed} | ${caught.steps} |`
      process.stdout.write(`| ${name} | ${guard} | ${found}\n`)
    }
  }
  const missed = rows.filter(({ caught }) => caught === undefined).length
  process.stdout.write(json ? '' : `${MUTANTS.length - missed} of ${MUTANTS.length} mutants caught\n`)
  return missed === 0 ? 0 : 1
}

function runOne(mutant: Mutant, seeds: number): Promise<Caught> {
  const main = fileURLToPath(new URL('../main.ts', import.meta.url))
  const { name, from = 1 } = mutant
  const range = ['--from', String(from), '--seeds', String(seeds)]
  const child = spawn(process.execPath, [main, '--mutant', name, ...range, '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let errors = ''
  child.stdout.on('data', (data) => {
    output += data
  })
  child.stderr.on('data', (data) => {
    errors += data
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0 || code === 1)
        resolve(JSON.parse(output) as Caught) // What `--mutant --json` prints.
      else reject(new Error(`mutant ${mutant.name}: ${errors.trim() || `exit code ${code}`}`))
    })
  })
}
