import { type ChildProcess, fork } from 'node:child_process'
import type { InvocationOutcome, SqsEvent } from './invoker.ts'
import { isFromSandbox, type ToSandbox } from './sandbox-protocol.ts'

const EXTENSION = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
const ENTRY = new URL(`./sandbox-main.${EXTENSION}`, import.meta.url)

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
  readonly onMessage: ((message: unknown, pid: number) => void) | undefined
}

/** One worker process: what Lambda calls an execution environment. Runs one invocation at a time. */
export class Sandbox {
  readonly #child: ChildProcess
  readonly #options: SandboxOptions
  readonly #exited = Promise.withResolvers<void>()
  readonly #ready = Promise.withResolvers<InvocationOutcome | undefined>()
  #running: { requestId: string; resolve(outcome: InvocationOutcome): void } | undefined
  #killed: 'timeout' | undefined
  #alive = true
  #doomed = false

  constructor(options: SandboxOptions) {
    this.#options = options
    this.#child = fork(ENTRY, [], {
      env: { ...process.env, AWS_LAMBDA_FUNCTION_NAME: options.functionName, ...options.environment },
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
    })
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

  /** Runs one invocation. At the timeout the process is killed, as Lambda does. */
  async invoke(event: SqsEvent, requestId: string): Promise<InvocationOutcome> {
    const { timeoutMs } = this.#options
    if (!this.#alive) return { kind: 'failed', reason: 'crashed', error: 'The worker is gone.' }
    const { promise, resolve } = Promise.withResolvers<InvocationOutcome>()
    this.#running = { requestId, resolve }
    const timer = setTimeout(() => {
      this.#killed = 'timeout'
      this.kill()
    }, timeoutMs)
    this.#send({ type: 'oncekit:invoke', requestId, event, deadline: Date.now() + timeoutMs })
    const outcome = await promise
    clearTimeout(timer)
    this.#running = undefined
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
        if (message.requestId === this.#running?.requestId) this.#running.resolve(message.outcome)
    }
  }

  #end(error: string): void {
    if (!this.#alive) return
    this.#alive = false
    this.#ready.resolve({ kind: 'failed', reason: 'init', error })
    const { timeoutMs } = this.#options
    this.#running?.resolve(
      this.#killed === 'timeout'
        ? {
            kind: 'failed',
            reason: 'timeout',
            error: `Task timed out after ${timeoutMs} ms; the worker was killed.`,
          }
        : { kind: 'failed', reason: 'crashed', error },
    )
    this.#exited.resolve()
  }
}
