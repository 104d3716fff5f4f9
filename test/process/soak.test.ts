import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { finish } from '../demo/run-demo.ts'

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url))

/** Starts the soak as a user would, with a folder of its own for what it leaves behind. */
function start(
  args: readonly string[],
  folder = mkdtempSync(join(tmpdir(), 'oncekit-soak-test-')),
): ChildProcess {
  return spawn(process.execPath, [MAIN, ...args], { env: { ...process.env, TMPDIR: folder }, stdio: 'pipe' })
}

describe.concurrent('the soak', () => {
  test('kills workers and the store, and finds nothing lost and everything explained', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'oncekit-soak-test-'))
    const args = [
      '--messages',
      '300',
      '--workers',
      '3',
      '--kills',
      '6',
      '--restarts',
      '1',
      '--seed',
      '1',
      '--json',
    ]
    const { code, stdout, stderr } = await finish(start(args, folder))
    expect(stderr).not.toContain('could not run')
    const result = JSON.parse(stdout)
    expect(result.violations).toEqual([])
    expect(code).toBe(0)
    expect(result).toMatchObject({ ok: true, messages: 300, records: 300, workersKilled: 6, storeCrashes: 1 })
    expect(result.effects).toBe(300 + result.extraEffects)
    expect(result.explanations).toHaveLength(result.extraEffects)
    expect(result.outcomes.completed).toBeGreaterThan(0)
    expect(result.requests).toBeGreaterThan(0)
    expect(stderr).toMatch(/\d+\/300 done/)
    // Nothing of a good run is left.
    expect(readdirSync(folder)).toEqual([])
  }, 120_000)

  test('as on Managed Instances: handlers outlive their invocations, and nothing runs twice at once', async () => {
    const args = '--messages 600 --workers 2 --kills 1 --restarts 1 --seed 3 --environment managed --json'
    const { code, stdout, stderr } = await finish(start(args.split(' ')))
    expect(stderr).not.toContain('could not run')
    const result = JSON.parse(stdout)
    expect(result.violations).toEqual([])
    expect(code).toBe(0)
    expect(result.notices['late-settlement']).toBeGreaterThan(0)
    expect(result.effects).toBe(600 + result.extraEffects)
  }, 180_000)

  test('Ctrl-C in the middle ends everything it started', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'oncekit-soak-test-'))
    const child = start(['--messages', '2000', '--workers', '2', '--seed', '2'], folder)
    const ended = finish(child)
    let stderr = ''
    while (!/[1-9]\d*\/2000 done/.test(stderr)) stderr += String(await once(child.stderr ?? child, 'data'))
    const children = childrenOf(child.pid ?? 0)
    // Store, queue server and at least one worker.
    expect(children.length).toBeGreaterThan(2)
    child.kill('SIGINT')
    expect((await ended).code).toBe(130)
    for (const pid of children) expect(() => process.kill(pid, 0)).toThrow('ESRCH')
    expect(readdirSync(folder)).toEqual([])
  }, 120_000)
})

describe.concurrent('a wrong command line', () => {
  test.each([
    [['--kill', '1'], "Unknown option '--kill'"],
    [['--messages', '0'], '--messages is "0". Allowed: a whole number from 1 to'],
    [['--environment', 'freeze'], '--environment is "freeze". Allowed: lambda, managed'],
    [['--workers', '1'], '--workers is "1". Allowed: a whole number from 2 to 64'],
    [['--seed', '-1'], '--seed'],
    [['extra'], "Unexpected argument 'extra'"],
  ])('%j is refused with the help text and code 2', async (args, complaint) => {
    const { code, stderr, stdout } = await finish(start(args))
    expect(code).toBe(2)
    expect(stderr).toContain(complaint)
    expect(stderr).toContain('Usage: npm run soak')
    expect(stdout).toBe('')
  })

  test('--help explains and ends well', async () => {
    const { code, stdout } = await finish(start(['--help']))
    expect(code).toBe(0)
    expect(stdout).toContain('--short')
  })
})

/** Processes that this one started. The embedded store exists on Linux only, so there is a `/proc`. */
function childrenOf(parent: number): number[] {
  return readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').trim().split(' ').map(Number)
}
