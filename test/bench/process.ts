import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { localEnvironment } from '../servers/clients.ts'
import type { Job, Reply } from './jobs.ts'
import type { SubjectName } from './subject.ts'

export interface WorkerOptions {
  readonly subject: SubjectName
  readonly bundle: string
  readonly endpoint: string
  readonly execArgv?: readonly string[]
}

/** Table of a subject: nobody reads another's records. */
export function tableOf(subject: SubjectName): string {
  return `bench-${subject}`
}

/** One subject in a process of its own, with standard output thrown away as a pipe to nowhere. */
export class BenchWorker {
  readonly #child: ChildProcess
  readonly #subject: SubjectName
  #complaints = ''

  private constructor(child: ChildProcess, subject: SubjectName) {
    this.#child = child
    this.#subject = subject
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#complaints = (this.#complaints + text).slice(-2_000)
    })
  }

  static async start({ subject, bundle, endpoint, execArgv = [] }: WorkerOptions): Promise<BenchWorker> {
    const child = fork(bundle, [], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: [...execArgv],
      env: {
        ...localEnvironment({ dynamodb: endpoint }),
        AWS_LAMBDA_FUNCTION_NAME: 'bench',
        BENCH_TABLE: tableOf(subject),
      },
    })
    const worker = new BenchWorker(child, subject)
    await worker.#next('start')
    return worker
  }

  async time(job: Omit<Extract<Job, { kind: 'time' }>, 'kind'>) {
    const reply = await this.#ask({ kind: 'time', ...job })
    if (reply.kind !== 'slice') throw new Error(`Unexpected reply ${reply.kind}.`)
    return reply.slice
  }

  async count(job: Omit<Extract<Job, { kind: 'count' }>, 'kind'>) {
    const reply = await this.#ask({ kind: 'count', ...job })
    if (reply.kind !== 'counted') throw new Error(`Unexpected reply ${reply.kind}.`)
    return reply.counts
  }

  async seed(job: Omit<Extract<Job, { kind: 'seed' }>, 'kind'>): Promise<void> {
    await this.#ask({ kind: 'seed', ...job })
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exited = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await exited
  }

  async #ask(job: Job): Promise<Reply> {
    this.#child.send(job)
    // Messages of our own worker are of this type.
    const reply = (await this.#next(job.kind)) as Reply
    if (reply.kind === 'failed') throw new Error(`${this.#subject}, ${job.kind}: ${reply.message}`)
    return reply
  }

  async #next(what: string): Promise<unknown> {
    return await new Promise((resolve, reject) => {
      const onMessage = (message: unknown) => {
        this.#child.off('exit', onExit)
        resolve(message)
      }
      const onExit = (code: number | null, signal: string | null) => {
        this.#child.off('message', onMessage)
        const firstLines = this.#complaints.split('\n').slice(0, 12).join('\n')
        reject(
          new WorkerDied(
            `${this.#subject} ended during ${what} (${signal ?? `code ${code}`}). ${firstLines}`,
          ),
        )
      }
      this.#child.once('message', onMessage)
      this.#child.once('exit', onExit)
    })
  }
}

export class WorkerDied extends Error {
  override name = 'WorkerDied'
}

/** A proxy that adds `delayMs` to every round trip with the server. */
export async function startDelayProxy(endpoint: string, delayMs: number) {
  const child = fork(fileURLToPath(new URL('./delay-proxy.ts', import.meta.url)), [
    new URL(endpoint).port,
    String(delayMs),
  ])
  const [port] = await once(child, 'message')
  return {
    endpoint: `http://127.0.0.1:${port}`,
    async stop() {
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await exited
    },
  }
}
