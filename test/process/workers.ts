import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type LocalQueueEvent, type WorkerInvoker, workerInvoker } from 'oncekit/testing'
import { localEnvironment } from '../servers/clients.ts'
import type { FailedInvocation, Kill, Look } from './evidence.ts'
import type { Environment } from './options.ts'
import { lookAt } from './read-records.ts'
import type { SoakServers } from './servers.ts'
import * as settings from './settings.ts'

/** The worker processes, and what is seen of them from outside. */
export class Workers {
  readonly invoker: WorkerInvoker
  /** Killed at the function's timeout. */
  readonly timeouts: Kill[] = []
  readonly failures: FailedInvocation[] = []
  readonly looks: Look[] = []
  readonly #servers: SoakServers
  readonly #running = new Map<string, { readonly pid: number; readonly messageIds: readonly string[] }>()
  readonly #looking = new Set<Promise<unknown>>()

  readonly #managed: boolean

  constructor(servers: SoakServers, storeEndpoint: string, environment: Environment) {
    this.#servers = servers
    this.#managed = environment === 'managed'
    const compileCache = join(servers.folder, 'compile-cache')
    mkdirSync(compileCache)
    this.invoker = workerInvoker({
      module: new URL('./worker.ts', import.meta.url),
      functionName: settings.FUNCTION_NAME,
      timeoutMs: settings.FUNCTION_TIMEOUT_MS,
      managedInstances: this.#managed ? { maxConcurrency: settings.MAX_CONCURRENCY } : undefined,
      execArgv: ['--expose-gc'],
      environment: {
        ...localEnvironment({ dynamodb: storeEndpoint }),
        ONCEKIT_TABLE: servers.table,
        // Workers that replace killed ones start faster.
        NODE_COMPILE_CACHE: compileCache,
        [settings.WORKER_ENVIRONMENT.journal]: servers.journals,
      },
      onInvocation: ({ requestId, pid, event }) => {
        this.#running.set(requestId, { pid, messageIds: event.Records.map(({ messageId }) => messageId) })
      },
    })
  }

  /** For the queue's `onEvent`: writes down how invocations fail, and looks at what a dead worker has left. */
  readonly onQueueEvent = (event: LocalQueueEvent): void => {
    if (event.kind !== 'response') return
    const { requestId, outcome } = event
    const invocation = this.#running.get(requestId)
    this.#running.delete(requestId)
    if (outcome.kind === 'returned') return
    const { reason, error } = outcome
    const pid = invocation?.pid
    this.failures.push({ reason, error, pid })
    if (reason === 'timeout' && pid !== undefined && !this.#managed)
      this.timeouts.push({ pid, time: Date.now(), cause: 'timeout' })
    if (invocation) this.#look(invocation.messageIds)
  }

  /** Waits until nothing is being looked up. */
  async settled(): Promise<void> {
    await Promise.all(this.#looking)
  }

  #look(messageIds: readonly string[]): void {
    const { dynamodb, table } = this.#servers
    const look = lookAt(dynamodb, table, messageIds)
      .then((seen) => this.looks.push(seen))
      // The store may be down; then nothing was seen.
      .catch(() => {})
      .finally(() => this.#looking.delete(look))
    this.#looking.add(look)
  }
}
