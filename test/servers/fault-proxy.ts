import { once } from 'node:events'
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { FaultKind, FaultPlan } from './fault-plan.ts'
import { ProxyCounters, type ProxyCounts } from './proxy-counters.ts'

export interface FaultProxyOptions {
  /** Server behind the proxy, for example `http://127.0.0.1:8000`. */
  readonly target: string
  /** Fate of each request. @default all pass */
  readonly plan?: FaultPlan | undefined
  /** Added to every request before it is forwarded, milliseconds. @default 0 */
  readonly latencyMs?: number | undefined
  /** Told of every fault as it is carried out. */
  readonly onFault?: ((fault: FaultKind, operation: string) => void) | undefined
}

/** A loopback HTTP proxy that counts requests and can do to them what networks and servers do. */
export interface FaultProxy {
  readonly endpoint: string
  /** Requests so far, by operation and by fault. */
  counts(): ProxyCounts
  resetCounts(): void
  /** Replaces the plan; `undefined` lets everything pass. */
  setPlan(plan: FaultPlan | undefined): void
  /** Replaces the added latency, milliseconds. */
  setLatency(ms: number): void
  stop(): Promise<void>
}

/** Starts the proxy on a free loopback port. Connections are kept alive on both sides. */
export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const target = new URL(options.target)
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity, scheduling: 'lifo' })
  const timers = new Set<NodeJS.Timeout>()
  const counters = new ProxyCounters()
  let { plan, latencyMs = 0 } = options

  const server = createServer({ keepAliveTimeout: 60_000, noDelay: true }, (incoming, response) => {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => handle(incoming, Buffer.concat(chunks), response))
    incoming.on('error', () => {}) // the client went away before it had sent everything: nothing to forward
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string')
    throw new Error('The fault proxy got no loopback port.')

  function handle(incoming: IncomingMessage, body: Buffer, response: ServerResponse): void {
    const operation = String(incoming.headers['x-amz-target'] ?? '').replace(/^.*\./, '')
    const sequence = counters.request(operation)
    const fault = plan?.({ sequence, operation, body })
    if (fault) {
      counters.fault(fault.kind)
      options.onFault?.(fault.kind, operation)
    }
    switch (fault?.kind) {
      case 'reset':
        incoming.socket.resetAndDestroy()
        return
      case 'half-open':
        return
      case 'throttle':
        later(latencyMs, () =>
          answer(response, 400, 'ProvisionedThroughputExceededException', 'Throttled by the proxy.'),
        )
        return
      default:
        later(latencyMs + (fault?.kind === 'delay' ? fault.ms : 0), () =>
          forward(incoming, body, response, fault?.kind),
        )
    }
  }

  function later(ms: number, callback: () => void): void {
    if (ms <= 0) {
      callback()
      return
    }
    const timer = setTimeout(() => {
      timers.delete(timer)
      callback()
    }, ms)
    timers.add(timer)
  }

  function forward(
    incoming: IncomingMessage,
    body: Buffer,
    response: ServerResponse,
    fault?: FaultKind,
  ): void {
    const { method, url: path, headers } = incoming
    const upstream = request(
      { agent, host: target.hostname, port: target.port, method, path, headers },
      (answered) => {
        const chunks: Buffer[] = []
        answered.on('data', (chunk: Buffer) => chunks.push(chunk))
        answered.on('error', () => incoming.socket.destroy())
        answered.on('end', () => {
          if (fault === 'drop-answer') incoming.socket.destroy()
          else if (fault === 'error-after-apply')
            answer(response, 500, 'InternalServerError', 'Failed by the proxy.')
          else if (!response.destroyed) {
            response.writeHead(answered.statusCode ?? 502, answered.rawHeaders)
            response.end(Buffer.concat(chunks))
          }
        })
      },
    )
    upstream.on('error', () => {
      counters.upstreamError()
      incoming.socket.destroy()
    })
    upstream.end(body)
  }

  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    counts: () => counters.snapshot(),
    resetCounts: () => counters.reset(),
    setPlan(next) {
      plan = next
    },
    setLatency(ms) {
      latencyMs = ms
    },
    async stop() {
      for (const timer of timers) clearTimeout(timer)
      timers.clear()
      server.closeAllConnections()
      agent.destroy()
      if (!server.listening) return
      server.close()
      await once(server, 'close')
    },
  }
}

function answer(response: ServerResponse, status: number, type: string, message: string): void {
  if (response.destroyed) return
  const body = JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${type}`, message })
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.0',
    'content-length': Buffer.byteLength(body),
  })
  response.end(body)
}
