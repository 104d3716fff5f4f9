import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { synthesise } from '../../infra/local/synthesise.ts'

const MAIN = join(import.meta.dirname, '..', '..', 'infra', 'local.ts')
/** A busy machine is slow, not wrong. */
const PATIENCE = ['--timeout', '300']
const STACK = 'OncekitOrders.template.json'

let folder: string
let assembly: string

interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs the command as a user does. */
function run(...args: readonly string[]): Promise<Outcome> {
  return new Promise((settle) => {
    const child = execFile(process.execPath, [MAIN, ...args, ...PATIENCE], (_, stdout, stderr) =>
      settle({ code: child.exitCode, stdout, stderr }),
    )
  })
}

/** A copy of the assembly whose template is changed. */
async function tampered(name: string, change: (template: string) => string): Promise<string> {
  const copy = join(folder, name)
  await cp(assembly, copy, { recursive: true })
  const path = join(copy, STACK)
  const before = await readFile(path, 'utf8')
  const after = change(before)
  expect(after).not.toBe(before)
  await writeFile(path, after)
  return copy
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'oncekit-infra-test-'))
  assembly = await synthesise(join(folder, 'cdk.out'))
}, 400_000)

afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

// Processes, on a machine that may be busy.
describe('infra:local', { timeout: 400_000 }, () => {
  it('runs what was synthesised: bundles, environment, key schema, mapping and policies fit together', async () => {
    const { code, stdout } = await run('--assembly', assembly, '--messages', '30', '--json')
    const { ok, problems, functions } = JSON.parse(stdout)
    expect({ code, ok, problems }).toEqual({ code: 0, ok: true, problems: [] })
    expect(functions).toMatchObject({
      'charge-orders': { 'deduplication window': '18d', 'IAM actions refused': 'none' },
      'send-receipts': { 'deduplication window': '6d', 'IAM actions refused': 'none' },
    })
  })

  it('loses nothing if IAM sees no keys in PartiQL: the store falls back to single items', async () => {
    const { code, stdout } = await run(
      '--assembly',
      assembly,
      '--messages',
      '30',
      '--json',
      '--no-partiql-keys',
    )
    const { problems, functions } = JSON.parse(stdout)
    expect({ code, problems }).toEqual({ code: 0, problems: [] })
    expect(functions['charge-orders']['IAM actions refused']).toContain('PartiQLInsert')
    expect(functions['charge-orders']['IAM actions used']).toMatch(/^PutItem \d+, UpdateItem \d+$/)
  })

  it('fails when the table watches another attribute than the records carry', async () => {
    const other = await tampered('ttl', (template) =>
      template.replace('"AttributeName": "ttl"', '"AttributeName": "expires"'),
    )
    const { code, stdout } = await run('--assembly', other, '--messages', '5')
    expect(code).toBe(1)
    expect(stdout).toContain('FAILED charge-orders: the time to live of charge-orders#')
  })

  it('fails when a mapping has no ReportBatchItemFailures: the invalid messages are lost', async () => {
    const other = await tampered('response', (template) =>
      template.replaceAll(/"FunctionResponseTypes": \[\s*"ReportBatchItemFailures"\s*\],/g, ''),
    )
    const { code, stdout } = await run('--assembly', other, '--messages', '100')
    expect(code).toBe(1)
    expect(stdout).toMatch(/FAILED charge-orders: the invalid message \S+ is not in the dead-letter queue/)
  })

  it.each([
    [['--messages', '0'], '--messages is "0". Allowed: a whole number from 1 to 1000000.'],
    [['--wrokers', '2'], "Unknown option '--wrokers'"],
  ])('refuses %j with exit code 2 and what is allowed', async (args, text) => {
    const { code, stderr } = await run(...args)
    expect(code).toBe(2)
    expect(stderr).toContain(text)
    expect(stderr).toContain('Usage: npm run infra:local')
  })

  it('says what is wrong with an assembly', async () => {
    const { code, stderr } = await run('--assembly', join(folder, 'nowhere'))
    expect(code).toBe(1)
    expect(stderr).toContain('holds no cloud assembly')
  })
})
