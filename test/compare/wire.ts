import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { Readable } from 'node:stream'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { LOCAL_CREDENTIALS, LOCAL_REGION } from '../servers/clients.ts'
import { travelledMs } from './clock.ts'

/** `maxSockets` of the SDK's request handler, as it is by default. */
const CONNECTIONS = 50

/** What may happen to one request. */
export type Fault =
  /** Applied by the server; the connection breaks before the answer. */
  | 'lost-answer'
  /** Applied by the server; the answer is HTTP 500. */
  | 'error-500-after-apply'
  /** Not applied; the answer says throttled. */
  | 'throttled'
  /** Not applied; the answer says that the role may not. */
  | 'denied'
  /** Swallowed by a server that accepts the connection and never answers. */
  | 'black-hole'
  /** The connection breaks; the request reaches the server only when `landLate` is called. */
  | 'late'
  /** The host dies instead of sending it. */
  | 'host-dies-before'

/** Which requests meet a fault: all writes, or those that claim, or those that settle. */
export type Target = 'writes' | 'claims' | 'updates'

interface Rule {
  readonly fault: Fault
  readonly on: Target
  readonly every: number
  seen: number
  left: number
}

interface WireRequest {
  hostname: string
  port?: number
  headers: Record<string, string>
  body?: unknown
}

interface WireResponse {
  statusCode: number
  headers: Record<string, string>
  body?: unknown
}

type Options = { abortSignal?: unknown } | undefined

interface Handler {
  handle(request: WireRequest, options?: Options): Promise<{ response: WireResponse }>
}

/** The wire between one host's SDK client and the server: real HTTP, with faults at its near end. */
export class Wire {
  readonly client: DynamoDBClient
  /** HTTP requests sent, repeated ones included. */
  requests = 0
  /** How much longer each request takes on its connection, milliseconds. */
  delayMs = 0
  readonly #inner: Handler
  readonly #rules: Rule[] = []
  readonly #waiting: (() => void)[] = []
  #busy = 0
  readonly #late: (() => Promise<unknown>)[] = []
  readonly #hole: BlackHole
  readonly #onDeath: () => void
  #dead = false

  /** @param model the client that the subject would have made: its request handler sends everything, as often as it would */
  constructor(endpoint: string, hole: BlackHole, model: DynamoDBClient, onDeath: () => void) {
    const { requestHandler, maxAttempts } = model.config
    // The SDK's own handler; its generic type is wider than what DynamoDB uses.
    this.#inner = requestHandler as unknown as Handler
    const handle = (request: WireRequest, options: Options) => this.#handle(request, options)
    this.client = new DynamoDBClient({
      endpoint,
      region: LOCAL_REGION,
      credentials: LOCAL_CREDENTIALS,
      maxAttempts,
      requestHandler: { handle, destroy: () => requestHandler.destroy?.() } as never,
    })
    this.#hole = hole
    this.#onDeath = onDeath
  }

  /** The next `times` requests of this kind meet this fault, or each second (third, …) of them. */
  fail(fault: Fault, more: { times?: number; on?: Target; every?: number } = {}): void {
    const { times = 1, on = 'writes', every = 1 } = more
    this.#rules.push({ fault, on, every, seen: 0, left: times })
  }

  heal(): void {
    this.#rules.length = 0
  }

  /** What was held back as late reaches the server now. */
  async landLate(): Promise<void> {
    await Promise.all(this.#late.splice(0).map((send) => send()))
  }

  /** Nothing leaves a dead host any more. */
  die(): void {
    this.#dead = true
    this.#onDeath()
  }

  async #handle(request: WireRequest, options: Options): Promise<{ response: WireResponse }> {
    if (this.#dead) return await new Promise(() => {})
    this.requests += 1
    const targets = targetsOf(request)
    const rule = this.#rules.find(({ left, on }) => left > 0 && targets.has(on))
    if (rule === undefined || rule.seen++ % rule.every !== 0) return await this.#forward(request, options)
    rule.left -= 1
    switch (rule.fault) {
      case 'lost-answer':
        await this.#forward(request, options)
        throw connectionReset()
      case 'error-500-after-apply': {
        const { response } = await this.#forward(request, options)
        return answer(response, 500, 'com.amazonaws.dynamodb.v20120810#InternalServerError')
      }
      case 'throttled':
        return answer(
          { statusCode: 400, headers: {} },
          400,
          'com.amazon.coral.availability#ThrottlingException',
        )
      case 'denied':
        return answer({ statusCode: 400, headers: {} }, 400, 'com.amazon.coral.service#AccessDeniedException')
      case 'black-hole': {
        const lost = Object.assign(Object.create(Object.getPrototypeOf(request)), request, this.#hole.address)
        return await this.#inner.handle(lost, options)
      }
      case 'late':
        this.#late.push(() => this.#inner.handle(request))
        throw connectionReset()
      case 'host-dies-before':
        this.die()
        return await new Promise(() => {})
    }
  }

  /** A request that waits for its answer keeps its connection, and the SDK opens so many. */
  async #slowly(request: WireRequest, options: Options): Promise<{ response: WireResponse }> {
    if (this.#busy >= CONNECTIONS) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    else this.#busy += 1
    try {
      await new Promise((resolve) => setTimeout(resolve, this.delayMs))
      return await this.#inner.handle(request, options)
    } finally {
      const next = this.#waiting.shift()
      if (next) next()
      else this.#busy -= 1
    }
  }

  async #forward(request: WireRequest, options: Options): Promise<{ response: WireResponse }> {
    const result =
      this.delayMs > 0 ? await this.#slowly(request, options) : await this.#inner.handle(request, options)
    // The server lives in the comparison's time.
    const date = result.response.headers['date']
    if (date !== undefined) {
      result.response.headers['date'] = new Date(Date.parse(date) + travelledMs()).toUTCString()
    }
    if (this.#dead) return await new Promise(() => {})
    return result
  }
}

/** Claims are puts, settlements are updates, in every subject. */
function targetsOf({ headers, body }: WireRequest): ReadonlySet<Target> {
  const operation = headers['x-amz-target']?.split('.')[1] ?? ''
  if (/Get|Query|Scan|Describe/.test(operation)) return new Set()
  const statement = /Statement/.test(operation) ? /"(INSERT|UPDATE)/.exec(textOf(body))?.[1] : undefined
  if (operation === 'PutItem' || statement === 'INSERT') return new Set(['writes', 'claims'])
  if (operation === 'UpdateItem' || statement === 'UPDATE') return new Set(['writes', 'updates'])
  return new Set(['writes'])
}

function textOf(body: unknown): string {
  return body instanceof Uint8Array ? Buffer.from(body).toString() : String(body)
}

function connectionReset(): Error {
  return Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', name: 'Error' })
}

function answer(from: WireResponse, statusCode: number, type: string): { response: WireResponse } {
  if (from.body instanceof Readable) from.body.resume()
  const text = JSON.stringify({ __type: type, message: 'Injected by the comparison.' })
  const response = Object.assign(Object.create(Object.getPrototypeOf(from)), {
    statusCode,
    headers: { 'content-type': 'application/x-amz-json-1.0' },
    body: Readable.from([Buffer.from(text)]),
  })
  return { response }
}

/** A server that accepts every connection and never answers. */
export class BlackHole {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #port = 0

  constructor() {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket)
      socket
        .on('error', () => {})
        .on('close', () => this.#sockets.delete(socket))
        .resume()
    })
  }

  get address(): { hostname: string; port: number } {
    return { hostname: '127.0.0.1', port: this.#port }
  }

  async open(): Promise<void> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    const address = this.#server.address()
    if (typeof address === 'object' && address !== null) this.#port = address.port
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }
}
