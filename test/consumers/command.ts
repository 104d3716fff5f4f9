import { spawn } from 'node:child_process'

export interface CommandOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string | undefined>> | undefined
  /** Milliseconds; then it is killed. @default 180000 */
  readonly timeoutMs?: number | undefined
}

/** What a program said, and whether it ended well. */
export interface Ended {
  readonly ok: boolean
  readonly output: string
}

/** Runs a program to its end; never throws for what it says. */
export function attempt(command: string, args: readonly string[], options: CommandOptions): Promise<Ended> {
  const { cwd, env = {}, timeoutMs = 180_000 } = options
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    const add = (text: string) => {
      output += text
    }
    child.stdout.setEncoding('utf8').on('data', add)
    child.stderr.setEncoding('utf8').on('data', add)
    const timer = setTimeout(() => {
      add(`\nNot ended after ${timeoutMs} ms; killed.`)
      child.kill('SIGKILL')
    }, timeoutMs)
    child.on('error', reject)
    child.on('close', (code) => {
      clearTimeout(timer)
      resolve({ ok: code === 0, output })
    })
  })
}

/**
 * Runs a program that must end well.
 * @returns what it said
 * @throws Error with the command and the end of what it said
 */
export async function run(
  command: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<string> {
  const { ok, output } = await attempt(command, args, options)
  if (!ok) throw new Error(`${[command, ...args].join(' ')}\n${output.slice(-4_000)}`)
  return output
}

/** Runs a program that must fail, and say this. */
export async function mustFail(
  command: string,
  args: readonly string[],
  expected: RegExp,
  options: CommandOptions,
): Promise<void> {
  const { ok, output } = await attempt(command, args, options)
  const line = [command, ...args].join(' ')
  if (ok) throw new Error(`${line}\nended well, but had to fail with ${expected}`)
  if (!expected.test(output)) throw new Error(`${line}\nfailed without ${expected}:\n${output.slice(-4_000)}`)
}
