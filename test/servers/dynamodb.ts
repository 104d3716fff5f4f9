import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { guardChild } from './child-guard.ts'
import { freePort } from './free-port.ts'

const READY_WITHIN_MS = 20_000
const PORT_ATTEMPTS = 5

export interface DynamoDbOptions {
  /** Database file; without it the data live in memory and end with the server. */
  readonly dbPath?: string | undefined
  /** Loopback port; without it a free one. */
  readonly port?: number | undefined
  /** Endpoint of a server that runs already; an empty string asks for the embedded one. @default the environment's `DYNAMODB_ENDPOINT` */
  readonly endpoint?: string | undefined
}

/** A DynamoDB-compatible server for tests and the demo. */
export interface DynamoDbServer {
  /** For example `http://127.0.0.1:40123`. */
  readonly endpoint: string
  /** Not ours: `stop` and `kill` leave it alone, `restart` refuses. */
  readonly external: boolean
  /** Process id; `undefined` when external or not running. */
  readonly pid: number | undefined
  /** Ends it in order. */
  stop(): Promise<void>
  /** Ends it by SIGKILL: what a crash of the server looks like. */
  kill(): Promise<void>
  /** Starts it again on the same port and file, after `stop` or `kill`. */
  restart(): Promise<void>
}

/**
 * Starts the embedded server on loopback and waits until it answers; or stands for the one at `DYNAMODB_ENDPOINT`.
 *
 * @throws Error when the embedded server does not exist for this platform, or does not become ready.
 */
export async function startDynamoDb(options: DynamoDbOptions = {}): Promise<DynamoDbServer> {
  const { DYNAMODB_ENDPOINT } = process.env
  const external = options.endpoint ?? DYNAMODB_ENDPOINT
  if (external) return externalServer(external)
  const binary = embeddedBinary()
  for (let attempt = 1; ; attempt += 1) {
    const port = options.port ?? (await freePort())
    const server = new EmbeddedServer(binary, port, options.dbPath)
    try {
      await server.restart()
      return server
    } catch (error) {
      // Somebody may have taken the free port first.
      if (options.port !== undefined || attempt === PORT_ATTEMPTS) throw error
    }
  }
}

function embeddedBinary(): string {
  const advice =
    'Set DYNAMODB_ENDPOINT to DynamoDB Local or any compatible server, for example DYNAMODB_ENDPOINT=http://127.0.0.1:8000.'
  let manifest: string
  try {
    manifest = createRequire(import.meta.url).resolve('@dynoxide/linux-x64/package.json')
  } catch {
    throw new Error(
      `The embedded DynamoDB server exists only for Linux on x64, and its package @dynoxide/linux-x64 is not installed (this is ${process.platform} on ${process.arch}). ${advice}`,
    )
  }
  const binary = join(dirname(manifest), 'dynoxide')
  if (!existsSync(binary))
    throw new Error(`@dynoxide/linux-x64 is installed but holds no dynoxide. ${advice}`)
  return binary
}

class EmbeddedServer implements DynamoDbServer {
  readonly external = false
  readonly endpoint: string
  #child: ChildProcess | undefined
  readonly #command: readonly [string, ...string[]]

  constructor(binary: string, port: number, dbPath: string | undefined) {
    this.endpoint = `http://127.0.0.1:${port}`
    const file = dbPath === undefined ? [] : ['--db-path', dbPath]
    this.#command = [binary, 'serve', '--host', '127.0.0.1', '--port', String(port), ...file]
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  async restart(): Promise<void> {
    if (this.#child) throw new Error('The DynamoDB server is running; stop or kill it before restart.')
    const [binary, ...args] = this.#command
    const child = spawn(binary, args, { stdio: ['ignore', 'ignore', 'pipe'] })
    let complaint = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(-2_000)
    })
    child.on('error', (error) => {
      complaint += error.message
    })
    child.once('exit', () => {
      if (this.#child === child) this.#child = undefined
    })
    guardChild(child)
    this.#child = child
    try {
      await answers(this.endpoint, () => this.#child === child && child.pid !== undefined)
    } catch (error) {
      await this.kill()
      throw new Error(`The DynamoDB server at ${this.endpoint} did not become ready. ${complaint}`, {
        cause: error,
      })
    }
  }

  stop(): Promise<void> {
    return this.#end('SIGTERM')
  }

  kill(): Promise<void> {
    return this.#end('SIGKILL')
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child
    if (!child || child.pid === undefined) {
      this.#child = undefined
      return
    }
    const exited = once(child, 'exit')
    child.kill(signal)
    const insist = setTimeout(() => child.kill('SIGKILL'), 2_000)
    await exited
    clearTimeout(insist)
  }
}

async function answers(endpoint: string, alive: () => boolean): Promise<void> {
  const until = performance.now() + READY_WITHIN_MS
  for (;;) {
    if (!alive()) throw new Error('It ended before it answered.')
    try {
      const response = await fetch(endpoint, { signal: AbortSignal.timeout(2_000) })
      await response.arrayBuffer()
      // An answer from somebody else's server on this port must not count: ours would have ended by then.
      await sleep(5)
      if (alive()) return
    } catch (error) {
      if (performance.now() > until) throw error
      await sleep(5)
    }
  }
}

function externalServer(endpoint: string): DynamoDbServer {
  if (!URL.canParse(endpoint)) {
    throw new Error(
      `DYNAMODB_ENDPOINT is ${JSON.stringify(endpoint)}; it must be a URL such as http://127.0.0.1:8000.`,
    )
  }
  return {
    endpoint: endpoint.replace(/\/$/, ''),
    external: true,
    pid: undefined,
    stop: async () => {},
    kill: async () => {},
    restart: async () => {
      throw new Error('A server given by DYNAMODB_ENDPOINT cannot be restarted from here.')
    },
  }
}
