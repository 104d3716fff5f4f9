import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { guardChild } from '../servers/child-guard.ts'

const DEMO = fileURLToPath(new URL('../../examples/orders/demo.ts', import.meta.url))
const ORDERS = fileURLToPath(new URL('../../examples/orders/orders.ndjson', import.meta.url))

/** Lines of the example's orders, 1-based as the demo numbers them. */
export const orderLines: readonly string[] = readFileSync(ORDERS, 'utf8').trimEnd().split('\n')

export interface DemoResult {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Starts the demo as a user would, in a process group of its own: Ctrl-C reaches all of a group. */
export function startDemo(args: readonly string[], environment: Record<string, string> = {}): ChildProcess {
  const env = { ...process.env, ...environment }
  const child = spawn(process.execPath, [DEMO, ...args], { env, stdio: 'pipe', detached: true })
  guardChild(child)
  return child
}

/** Runs the demo to its end. */
export async function runDemo(
  args: readonly string[],
  options: { stdin?: string; environment?: Record<string, string> } = {},
): Promise<DemoResult> {
  const child = startDemo(args, options.environment)
  child.stdin?.end(options.stdin ?? '')
  return finish(child)
}

/** Collects what a demo prints until it ends. */
export async function finish(child: ChildProcess): Promise<DemoResult> {
  let stdout = ''
  let stderr = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const [code] = await once(child, 'close')
  return { code, stdout, stderr }
}

/** Writes lines to a file of their own and returns its path. */
export function inputFile(lines: readonly string[]): string {
  const file = join(mkdtempSync(join(tmpdir(), 'oncekit-input-')), 'orders.ndjson')
  writeFileSync(file, `${lines.join('\n')}\n`)
  return file
}
