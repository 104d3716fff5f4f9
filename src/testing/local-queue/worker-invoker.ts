import { isAbsolute, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ConfigError } from '../../errors/config-error.ts'
import { anyFunction, either, isObject, type Rule, wholeNumber } from '../../options/rules.ts'
import {
  anyText,
  checkOptions,
  LONGEST_MANAGED_TIMEOUT_MS,
  LONGEST_TIMEOUT_MS,
  type OptionRules,
} from './check-options.ts'
import type { InvocationOutcome, Invoker, SqsEvent } from './invoker.ts'
import { Sandbox, type SandboxOptions } from './sandbox.ts'

export interface WorkerInvokerOptions {
  /** The handler's module: a `file:` URL, or a path (relative to the working directory). */
  readonly module: string | URL
  /** Name of the export. @default 'handler' */
  readonly exportName?: string | undefined
  /** @default 'local' */
  readonly functionName?: string | undefined
  /**
   * The function's timeout, milliseconds: the process is killed then. At most 15 minutes; 90 with `managedInstances`.
   * @default 3000 (Lambda's own default)
   */
  readonly timeoutMs?: number | undefined
  /** Added to this process's environment. */
  readonly environment?: Readonly<Record<string, string>> | undefined
  /** Node's own arguments, such as `--max-old-space-size=128`. @default none */
  readonly execArgv?: readonly string[] | undefined
  /** What becomes of the workers' standard output and error. @default 'inherit' */
  readonly output?: 'inherit' | 'ignore' | undefined
  /**
   * Runs the function as Lambda Managed Instances do: so many invocations at once in one process, spread over two threads
   * with a copy of the module each, and no kill at the timeout: the invocation is reported as failed, and its code runs
   * on. 1 to 64. What a handler sends by `process.send` is not seen, for threads have none.
   * @default one invocation at a time, killed at its timeout
   */
  readonly managedInstances?: { readonly maxConcurrency: number } | undefined
  /** Milliseconds a module may take to load. @default 30000 */
  readonly initTimeoutMs?: number | undefined
  /** Sees every invocation as it starts, and may kill its worker at any later moment. */
  readonly onInvocation?: ((invocation: WorkerInvocation) => void) | undefined
  /** What a handler sends by `process.send`. */
  readonly onMessage?: ((message: unknown, pid: number) => void) | undefined
}

const OPTIONS: OptionRules = {
  rules: {
    module: (value) =>
      (typeof value === 'string' && value !== '') || value instanceof URL || 'a path or a file: URL',
    exportName: anyText,
    functionName: anyText,
    timeoutMs: (value) =>
      wholeNumber(1, LONGEST_TIMEOUT_MS)(value) === true ||
      `a whole number from 1 to ${LONGEST_TIMEOUT_MS}, with managedInstances to ${LONGEST_MANAGED_TIMEOUT_MS}`,
    environment: (value) => (isObject(value) && Object.values(value).every(isText)) || 'an object of strings',
    execArgv: (value) => (Array.isArray(value) && value.every(isText)) || 'a list of strings',
    output: either('inherit', 'ignore'),
    initTimeoutMs: wholeNumber(1, LONGEST_TIMEOUT_MS),
    managedInstances: (value) => isObject(value) || 'an object with maxConcurrency',
    onInvocation: anyFunction,
    onMessage: anyFunction,
  } satisfies Record<keyof WorkerInvokerOptions, Rule>,
  required: ['module'],
  nested: { managedInstances: { maxConcurrency: wholeNumber(1, 64) } },
}

const MANAGED: OptionRules = {
  ...OPTIONS,
  rules: { ...OPTIONS.rules, timeoutMs: wholeNumber(1, LONGEST_MANAGED_TIMEOUT_MS) },
}

function isText(value: unknown): boolean {
  return typeof value === 'string'
}

/** An invocation under way in a worker process. */
export interface WorkerInvocation {
  readonly requestId: string
  readonly pid: number
  readonly event: SqsEvent
  /** SIGKILL to this worker. `false`: this invocation is over already, and nothing was killed. */
  kill(): boolean
}

/** An {@link Invoker} whose handler runs in worker processes. */
export interface WorkerInvoker extends Invoker {
  /** Process ids of the workers alive now. */
  pids(): number[]
  /** SIGKILL to a worker, whatever it does now. `false`: there is none with this process id any more. */
  kill(pid: number): boolean
  /** Starts workers ahead of need and waits until they have loaded the module. Rejects when one cannot. */
  warm(count: number): Promise<void>
}

/**
 * Runs a handler in worker processes, one per concurrent invocation, started on demand and reused. A worker is killed
 * by SIGKILL at the function's timeout, and a killed one is replaced at the next need. With `managedInstances` several
 * invocations share a process, and none is killed.
 *
 * @throws ConfigError when an option is wrong.
 */
export function workerInvoker(options: WorkerInvokerOptions): WorkerInvoker {
  // A caller without types may give no object at all.
  checkOptions('workerInvoker', Object(options).managedInstances === undefined ? OPTIONS : MANAGED, options)
  const { timeoutMs = 3_000 } = options
  const sandboxOptions: SandboxOptions = {
    module: moduleUrl(options.module),
    exportName: options.exportName ?? 'handler',
    functionName: options.functionName ?? 'local',
    environment: options.environment ?? {},
    execArgv: options.execArgv ?? [],
    output: options.output ?? 'inherit',
    timeoutMs,
    initTimeoutMs: options.initTimeoutMs ?? 30_000,
    maxConcurrency: options.managedInstances?.maxConcurrency,
    onMessage: options.onMessage,
  }
  const all = new Set<Sandbox>()
  /** Ready, with a place free, the last used at the end. */
  const idle: Sandbox[] = []
  let closed = false

  async function start(): Promise<Sandbox | InvocationOutcome> {
    const sandbox = new Sandbox(sandboxOptions)
    all.add(sandbox)
    sandbox.exited().then(() => all.delete(sandbox))
    const failed = await sandbox.ready()
    if (!failed) return sandbox
    sandbox.kill()
    return failed
  }

  async function acquire(): Promise<Sandbox | InvocationOutcome> {
    if (closed) return { kind: 'failed', reason: 'crashed', error: 'The invoker was closed.' }
    for (let sandbox = idle.at(-1); sandbox; sandbox = idle.at(-1)) {
      if (sandbox.take()) return sandbox
      idle.pop()
    }
    const started = await start()
    if (started instanceof Sandbox) {
      started.take()
      idle.push(started)
    }
    return started
  }

  return {
    timeoutMs,
    async invoke(event, requestId) {
      const sandbox = await acquire()
      if (!(sandbox instanceof Sandbox)) return sandbox
      let over = false
      const outcome = sandbox.invoke(event, requestId)
      options.onInvocation?.({
        requestId,
        pid: sandbox.pid,
        event,
        kill() {
          if (over || !sandbox.usable) return false
          sandbox.kill()
          return true
        },
      })
      const result = await outcome
      over = true
      if (sandbox.usable && !idle.includes(sandbox)) idle.push(sandbox)
      return result
    },
    pids: () => [...all].filter(({ alive }) => alive).map(({ pid }) => pid),
    kill(pid) {
      const sandbox = [...all].find((one) => one.usable && one.pid === pid)
      sandbox?.kill()
      return sandbox !== undefined
    },
    async warm(count) {
      const started = await Promise.all(Array.from({ length: count }, start))
      for (const sandbox of started) if (sandbox instanceof Sandbox) idle.push(sandbox)
      for (const failed of started) {
        if (!(failed instanceof Sandbox) && failed.kind === 'failed') {
          throw new ConfigError(`A worker could not load ${sandboxOptions.module}: ${failed.error}`)
        }
      }
    },
    async close() {
      closed = true
      const ending = [...all]
      for (const sandbox of ending) sandbox.kill()
      await Promise.all(ending.map((sandbox) => sandbox.exited()))
    },
  }
}

function moduleUrl(module: string | URL): string {
  if (module instanceof URL) return module.href
  if (module.startsWith('file:')) return module
  return pathToFileURL(isAbsolute(module) ? module : resolve(module)).href
}
