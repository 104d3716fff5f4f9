import { advance } from './clock.ts'
import { Host } from './host.ts'
import type { Message } from './message.ts'
import type { Call, FunctionSettings, Subject } from './subject.ts'
import type { BlackHole } from './wire.ts'

export type Verdict =
  | 'ok'
  /** Left the queue, and its effect never happened. */
  | 'lost'
  /** Its effect happened more often than it had to. */
  | 'repeated'
  /** Kept from running long after nothing stood in its way. */
  | 'stuck'
  /** Never leaves the queue: it, or what was done long ago, ends in the dead-letter queue. */
  | 'blocked'
  /** Ran before what it had to wait for. */
  | 'out of order'

export interface Finding {
  readonly verdict: Verdict
  /** What happened, in a few words. */
  readonly what: string
  /** Where the question is how long it takes until the message runs: seconds of the comparison's time. */
  readonly seconds?: number | undefined
}

interface Ground {
  readonly subject: Subject
  readonly endpoint: string
  readonly hole: BlackHole
  readonly table: string
  readonly scenario: string
}

/** One subject in one scenario: its hosts, the queue's messages, and the ledger of effects. */
export class Stage {
  readonly subject: Subject
  /** Effects in order, by order id. */
  readonly effects: string[] = []
  readonly #ground: Ground
  readonly #settings: FunctionSettings
  readonly #hosts: Host[] = []
  #messages = 0

  constructor(ground: Ground, settings: Partial<FunctionSettings>) {
    this.subject = ground.subject
    this.#ground = ground
    this.#settings = {
      functionName: `f-${ground.scenario}`,
      key: 'messageId',
      fifo: false,
      storeResult: false,
      partialBatchMiddleware: false,
      sortsBatch: false,
      managedInstances: false,
      brokenLogger: false,
      tableMissing: false,
      ...settings,
    }
  }

  /** A message whose body is this as JSON; a string is taken as it is. */
  message(body: unknown = undefined, more: { id?: string; group?: string; stamp?: string } = {}): Message {
    this.#messages += 1
    const id = more.id ?? `${this.#ground.scenario}-${this.#messages}`
    const text = typeof body === 'string' ? body : JSON.stringify(body ?? { orderId: id })
    const { group, stamp } = more
    return { id, body: text, group, stamp, sentAt: Date.now(), receives: 0, acknowledged: false }
  }

  /** A sandbox; without `work` it does the effect of the message at once. */
  host(work?: (call: Call) => Promise<unknown>, more: { skewMs?: number; functionName?: string } = {}): Host {
    const { skewMs = 0, functionName = this.#settings.functionName } = more
    const settings = { ...this.#settings, functionName }
    const host = new Host({
      ...this.#ground,
      settings,
      skewMs,
      work: work ?? (async (call) => this.effect(call)),
    })
    this.#hosts.push(host)
    return host
  }

  /** The charge, the mail, the shipment: what must happen once. */
  effect({ record }: Call): void {
    this.effects.push(record.messageId)
  }

  effectsOf(message: Message): number {
    return this.effects.filter((id) => id === message.id).length
  }

  /**
   * What of these is still in the queue: neither done nor moved to the dead-letter queue. Where a subject cannot limit the
   * runs of a message itself, its users limit the deliveries, by the queue's `maxReceiveCount`.
   */
  queued(messages: readonly Message[]): Message[] {
    const { mostRuns = Infinity } = this.#settings
    const maxReceiveCount = this.subject.limitsRuns ? Infinity : mostRuns
    return messages.filter(({ acknowledged, receives }) => !acknowledged && receives < maxReceiveCount)
  }

  /**
   * Delivers again, on a healthy host, what has not left the queue: every `everyMs` of the comparison's time.
   * Returns how long after now the last one left it, or `undefined` if one never did.
   */
  async drain(messages: readonly Message[], { everyMs = 60_000, rounds = 6, host = this.host() } = {}) {
    let waited = 0
    for (let round = 0; round < rounds; round += 1) {
      const left = messages.filter(({ acknowledged }) => !acknowledged)
      if (left.length === 0) return waited
      advance(everyMs)
      waited += everyMs
      await host.deliver(left)
    }
    return messages.every(({ acknowledged }) => acknowledged) ? waited : undefined
  }

  /** What became of these messages, each of which should have had its effect once and be off the queue. */
  judge(messages: readonly Message[], note = ''): Finding {
    const count = (message: Message) => this.effectsOf(message)
    const text = (what: string) => (note ? `${what}; ${note}` : what)
    const lost = messages.filter((message) => message.acknowledged && count(message) === 0)
    if (lost.length > 0)
      return { verdict: 'lost', what: text(`${lost.length} acknowledged without its effect`) }
    const most = Math.max(...messages.map(count))
    if (most > 1) return { verdict: 'repeated', what: text(`effect happened ${most} times`) }
    const waiting = messages.filter(({ acknowledged }) => !acknowledged)
    if (waiting.length > 0) {
      return {
        verdict: 'blocked',
        what: text(`${waiting.length} of ${messages.length} never left the queue`),
      }
    }
    return { verdict: 'ok', what: text('effect once') }
  }

  close(): void {
    for (const host of this.#hosts) host.close()
  }
}

/** A door that a handler waits at until the scenario opens it. */
export class Gate {
  readonly #opened = Promise.withResolvers<void>()
  readonly #reached = Promise.withResolvers<void>()

  /** Called by the handler. */
  async wait(): Promise<void> {
    this.#reached.resolve()
    await this.#opened.promise
  }

  /** Called by the scenario: the handler stands at the door. */
  get reached(): Promise<void> {
    return this.#reached.promise
  }

  open(): void {
    this.#opened.resolve()
  }
}
