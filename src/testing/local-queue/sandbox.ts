import { type ChildProcess, fork } from 'node:child_process'
import { ConfigError } from '../../errors/config-error.ts'
import { MANAGED_INSTANCES_VARIABLE } from '../../protocol/names.ts'
import type { InvocationOutcome, SqsEvent } from './invoker.ts'
import { isFromSandbox, type ToSandbox } from './sandbox-protocol.ts'

export interface SandboxOptions {
  /** URL of the handler's module. */
  readonly module: string
  readonly exportName: string
  readonly functionName: string
  readonly environment: Readonly<Record<string, string>>
  readonly execArgv: readonly string[]
  readonly output: 'inherit' | 'ignore'
  readonly timeoutMs: number
  readonly initTimeoutMs: number
  /** Managed Instances: invocations at once in a process; `undefined`: one, and a kill at its timeout. */
  readonly maxConcurrency: number | undefined
  readonly onMessage: ((message: unknown, pid: number) => void) | undefined
}

/** Threads in the process of a Managed Instance, so that several copies of the module run beside each other. */
const THREADS = 2

/** The module of a worker: a file of its own, which stands beside this one wherever the package is not bundled. */
function entry(): URL {
  // In a bundle of CommonJS there is none. The rest of this kit works there all the same.
  const here: string | undefined = import.meta.url
  if (here === undefined) {
    throw new ConfigError(
      'workerInvoker starts a file of oncekit/testing, which is not there in a bundle. Leave oncekit out of the bundle of your tests (external), or use functionInvoker.',
    )
  }
  return new URL(`./sandbox-main.${here.endsWith('.ts') ? 'ts' : 'js'}`, here)
}

/** One worker process: what Lambda calls an execution environment. */
export class Sandbox {
  readonly #child: ChildProcess
  readonly #options: SandboxOptions
  readonly #exited = Promise.withResolvers<void>()
  readonly #ready = Promise.withResolvers<InvocationOutcome | undefined>()
  /** By request id. */
  readonly #running = new Map<string, (outcome: InvocationOutcome) => void>()
  /** Places promised to invocations that have not begun yet, or run. */
  #taken = 0
  #killed: 'timeout' | undefined
  #alive = true
  #doomed = false

  constructor(options: SandboxOptions) {
    this.#options = options
    this.#child = fork(entry(), [], {
      env: {
        ...process.env,
        AWS_LAMBDA_FUNCTION_NAME: options.functionName,
        ...(options.maxConcurrency === undefined
          ? undefined
          : { [MANAGED_INSTANCES_VARIABLE]: String(options.maxConcurrency) }),
        ...options.environment,
      },
      execArgv: [...options.execArgv],
      stdio: ['ignore', options.output, options.output, 'ipc'],
    })
    const onParentExit = () => this.kill()
    process.on('exit', onParentExit)
    this.#child.on('message', (message) => this.#receive(message))
    this.#child.on('error', (error) => this.#end(String(error)))
    this.#child.once('exit', (code, signal) => {
      process.off('exit', onParentExit)
      this.#end(signal ? `The worker was ended by ${signal}.` : `The worker exited with code ${code}.`)
    })
    this.#send({
      type: 'oncekit:init',
      module: options.module,
      exportName: options.exportName,
      functionName: options.functionName,
      threads: options.maxConcurrency === undefined ? undefined : Math.min(THREADS, options.maxConcurrency),
    })
  }

  /** Takes one of the places, if one is free; `invoke` gives it back. */
  take(): boolean {
    if (!this.usable || this.#taken >= (this.#options.maxConcurrency ?? 1)) return false
    this.#taken++
    return true
  }

  /** 0 when the process could not be started. */
  get pid(): number {
    return this.#child.pid ?? 0
  }

  get alive(): boolean {
    return this.#alive
  }

  /** Alive and not on its way out: fit for another invocation. */
  get usable(): boolean {
    return this.#alive && !this.#doomed
  }

  /** Waits until the module is loaded; the failed outcome if it cannot be. */
  async ready(): Promise<InvocationOutcome | undefined> {
    const timer = setTimeout(() => {
      const { initTimeoutMs } = this.#options
      this.#ready.resolve({
        kind: 'failed',
        reason: 'init',
        error: `The module did not load within ${initTimeoutMs} ms.`,
      })
      this.kill()
    }, this.#options.initTimeoutMs)
    const failed = await this.#ready.promise
    clearTimeout(timer)
    return failed
  }

  /**
   * Runs one invocation in a place that was taken. At the timeout the process is killed, as Lambda does; on Managed
   * Instances the invocation is reported as failed, and its code runs on.
   */
  async invoke(event: SqsEvent, requestId: string): Promise<InvocationOutcome> {
    const { timeoutMs, maxConcurrency } = this.#options
    if (!this.#alive) return { kind: 'failed', reason: 'crashed', error: 'The worker is gone.' }
    const { promise, resolve } = Promise.withResolvers<InvocationOutcome>()
    this.#running.set(requestId, resolve)
    const timer = setTimeout(() => {
      if (maxConcurrency !== undefined) {
        resolve({
          kind: 'failed',
          reason: 'timeout',
          error: `Task timed out after ${timeoutMs} ms; it runs on.`,
        })
        return
      }
      this.#killed = 'timeout'
      this.kill()
    }, timeoutMs)
    this.#send({ type: 'oncekit:invoke', requestId, event, deadline: Date.now() + timeoutMs })
    const outcome = await promise
    clearTimeout(timer)
    this.#running.delete(requestId)
    this.#taken--
    return outcome
  }

  /** SIGKILL, at once. */
  kill(): void {
    this.#doomed = true
    this.#child.kill('SIGKILL')
  }

  /** Resolves when the process is gone. */
  exited(): Promise<void> {
    return this.#exited.promise
  }

  #send(message: ToSandbox): void {
    // The callback swallows EPIPE: a process that has just died reports it through 'exit'.
    this.#child.send(message, () => {})
  }

  #receive(message: unknown): void {
    if (!isFromSandbox(message)) {
      this.#options.onMessage?.(message, this.pid)
      return
    }
    switch (message.type) {
      case 'oncekit:ready':
        this.#ready.resolve(undefined)
        return
      case 'oncekit:init-failed':
        this.#ready.resolve({ kind: 'failed', reason: 'init', error: message.error })
        return
      case 'oncekit:outcome':
        this.#running.get(message.requestId)?.(message.outcome)
    }
  }

  #end(error: string): void {
    if (!this.#alive) return
    this.#alive = false
    this.#ready.resolve({ kind: 'failed', reason: 'init', error })
    const { timeoutMs } = this.#options
    for (const resolve of this.#running.values()) {
      resolve(
        this.#killed === 'timeout'
          ? {
              kind: 'failed',
              reason: 'timeout',
              error: `Task timed out after ${timeoutMs} ms; the worker was killed.`,
            }
          : { kind: 'failed', reason: 'crashed', error },
      )
    }
    this.#exited.resolve()
  }
}
