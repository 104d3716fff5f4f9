import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MUTANTS, mutantNamed } from './mutants.ts'

/** Rooms with unit tests. They start their own local servers where they need one. */
const FAST_TESTS = ['test/protocol', 'test/store', 'test/engine', 'test/lambda']

/**
 * Runs the fast tests once per mutant; each must fail with it, and pass without any.
 * @param names only these mutants, with commas between them
 * @returns the exit code
 */
export async function runFast(json: boolean, names: string | undefined): Promise<number> {
  const mutants = names === undefined ? MUTANTS : names.split(',').map(mutantNamed)
  const without = await firstFailure(undefined)
  if (without !== undefined) throw new Error(`A fast test fails without any mutant: ${without}`)
  const rows: { readonly mutant: string; readonly caughtBy: string | undefined }[] = []
  for (const { name: mutant } of mutants) {
    const caughtBy = await firstFailure(mutant)
    rows.push({ mutant, caughtBy })
    process.stderr.write(`${rows.length} of ${mutants.length}: ${mutant} ${caughtBy ?? 'NOT CAUGHT'}\n`)
  }
  if (json) process.stdout.write(`${JSON.stringify(rows)}\n`)
  else {
    process.stdout.write('| guard switched off | caught by |\n|---|---|\n')
    for (const { mutant, caughtBy } of rows)
      process.stdout.write(`| ${mutant} | ${caughtBy ?? '**no fast test**'} |\n`)
  }
  return rows.every(({ caughtBy }) => caughtBy !== undefined) ? 0 : 1
}

/** The first test that fails with this mutant, or with none; `undefined`: all pass. */
function firstFailure(mutant: string | undefined): Promise<string | undefined> {
  const root = fileURLToPath(new URL('../../../', import.meta.url))
  const vitest = fileURLToPath(new URL('../../../node_modules/vitest/vitest.mjs', import.meta.url))
  const config = fileURLToPath(new URL('./vitest.config.ts', import.meta.url))
  const folder = mkdtempSync(join(tmpdir(), 'oncekit-mutant-'))
  const file = join(folder, 'report.json')
  const asked = [
    '--root',
    root,
    '--config',
    config,
    '--bail',
    '1',
    '--reporter',
    'json',
    '--outputFile',
    file,
  ]
  const child = spawn(process.execPath, [vitest, 'run', ...asked, ...FAST_TESTS], {
    cwd: root,
    env: mutant === undefined ? process.env : { ...process.env, ONCEKIT_MUTANT: mutant },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let errors = ''
  child.stderr.on('data', (data) => {
    errors += data
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      try {
        // What the JSON reporter writes.
        resolve(code === 0 ? undefined : failureIn(JSON.parse(readFileSync(file, 'utf8')) as Report))
      } catch (cause) {
        reject(new Error(`mutant ${mutant}: vitest left no report: ${errors.slice(-400)}`, { cause }))
      } finally {
        rmSync(folder, { recursive: true })
      }
    })
  })
}

interface Report {
  readonly testResults: readonly {
    readonly name: string
    readonly message: string
    readonly assertionResults: readonly {
      readonly status: string
      readonly fullName: string
      readonly failureMessages?: readonly string[]
    }[]
  }[]
}

function failureIn({ testResults }: Report): string {
  for (const { name, assertionResults } of testResults) {
    const failed = assertionResults.find(
      ({ status, failureMessages = [] }) => status === 'failed' && failureMessages.length > 0,
    )
    if (failed !== undefined) return `${name.split('/test/').at(-1)}: ${failed.fullName}`
  }
  return (
    testResults.find(({ message }) => message !== '')?.message.split('\n')[0] ??
    'a test file that did not load'
  )
}
