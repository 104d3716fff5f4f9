import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')
let folder: string
beforeAll(() => {
  // Inside the repository, so that packages resolve; in a folder that git ignores.
  mkdirSync(join(ROOT, 'reports'), { recursive: true })
  folder = mkdtempSync(join(ROOT, 'reports/bundled-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Bundles a program into one file of CommonJS, runs it, and returns what it prints. */
async function printed(program: string): Promise<string> {
  const outfile = join(folder, 'program.cjs')
  await build({
    stdin: { contents: program, resolveDir: ROOT, loader: 'ts' },
    bundle: true,
    format: 'cjs',
    platform: 'node',
    outfile,
    // Says that `import.meta` is empty in this format: it is looked at only where it is needed.
    logLevel: 'error',
    alias: { oncekit: './src/index.ts', 'oncekit/testing': './src/testing/index.ts' },
  })
  const { stdout } = await promisify(execFile)(process.execPath, [outfile], { timeout: 20_000 })
  return stdout.trim()
}

describe('in one file of CommonJS, where every import is looked up at each call', () => {
  it('fake timers that replace those of node:timers too do not stop a batch', async () => {
    const program = `
      import { sqsHandler } from 'oncekit'
      import { sqsEvent } from 'oncekit/testing'
      import FakeTimers from '@sinonjs/fake-timers'

      const client = { send: async () => ({ Responses: [{}, {}] }) }
      const handler = sqsHandler({ table: 'orders', namespace: 'faked', client, observer: false }, () => {})
      const event = sqsEvent(['one', 'two'])
      const { exit } = process
      const late = setTimeout(() => { console.log('hangs'); exit(0) }, 5_000)
      const clock = FakeTimers.install()
      handler(event, { getRemainingTimeInMillis: () => 3_000 }).then((answer) => {
        clock.uninstall()
        clearTimeout(late)
        console.log(JSON.stringify(answer))
      })`
    expect(await printed(program)).toBe('{"batchItemFailures":[]}')
  })

  it('the test kit loads, and a worker says why it cannot start', async () => {
    const program = `
      import { memoryStore, workerInvoker } from 'oncekit/testing'
      console.log(typeof memoryStore().claim)
      const run = async () => workerInvoker({ module: 'file:///handler.mjs' }).invoke({ Records: [] })
      run().catch((error) => console.log(error.code, error.message))`
    expect(await printed(program)).toMatch(/^function\nCONFIG workerInvoker starts a file .*\(external\)/)
  })
})
