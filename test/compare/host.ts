import { withSkew } from './clock.ts'
import { onManagedInstances } from './managed-instances.ts'
import { contextOf, eventOf, type Message } from './message.ts'
import type { Call, FunctionSettings, Subject } from './subject.ts'
import { type BlackHole, Wire } from './wire.ts'

/** How one invocation ended. */
export interface Delivery {
  readonly kind: 'answered' | 'threw' | 'timed out' | 'died'
  /** Deleted from the queue by this delivery. */
  readonly acknowledged: readonly string[]
  /** Error of a handler that threw. */
  readonly error?: unknown
}

export interface HostOptions {
  readonly subject: Subject
  readonly endpoint: string
  readonly hole: BlackHole
  readonly table: string
  readonly settings: FunctionSettings
  readonly work: (call: Call) => Promise<unknown>
  /** How far this host's clock is off, milliseconds. */
  readonly skewMs?: number
}

const DEFAULT_TIMEOUT_MS = 30_000

/** One sandbox with its own client: it can be cut off, die, or go on as a zombie after it was given up. */
export class Host {
  readonly wire: Wire
  readonly #options: HostOptions
  readonly #died = Promise.withResolvers<void>()
  #handler: ReturnType<Subject['create']> | undefined

  constructor(options: HostOptions) {
    this.#options = options
    this.wire = new Wire(options.endpoint, options.hole, options.subject.defaultClient(), () =>
      this.#died.resolve(),
    )
  }

  /** Invokes the function with these messages and does with the answer what Lambda does. */
  async deliver(messages: readonly Message[], { timeoutMs = DEFAULT_TIMEOUT_MS } = {}): Promise<Delivery> {
    return await this.invoke(eventOf(messages, this.#options.settings.fifo), messages, timeoutMs)
  }

  /** Invokes the function with any event. */
  async invoke(
    event: unknown,
    messages: readonly Message[],
    timeoutMs = DEFAULT_TIMEOUT_MS,
  ): Promise<Delivery> {
    const { subject, settings, skewMs = 0, table, work } = this.#options
    const { managedInstances } = settings
    const context = contextOf(settings.functionName, timeoutMs, managedInstances)
    const run = async (): Promise<Delivery> => {
      // Made at the first invocation: a start that fails is an invocation that fails, as in Lambda.
      this.#handler ??= subject.create({
        client: this.wire.client,
        table: settings.tableMissing ? 'no-such-table' : table,
        settings,
        work,
      })
      // A scenario may hand over what is no SQS event.
      return settle(messages, await this.#handler(event as never, context))
    }
    const timer = Promise.withResolvers<Delivery>()
    const timeout = setTimeout(() => timer.resolve({ kind: 'timed out', acknowledged: [] }), timeoutMs)
    try {
      return await Promise.race([
        withSkew(skewMs, managedInstances ? () => onManagedInstances(run) : run),
        timer.promise,
        this.#died.promise.then((): Delivery => ({ kind: 'died', acknowledged: [] })),
      ])
    } catch (error) {
      return { kind: 'threw', acknowledged: [], error }
    } finally {
      clearTimeout(timeout)
    }
  }

  close(): void {
    this.wire.client.destroy()
  }
}

/**
 * Lambda's reading of the answer: an empty list is a whole success; a list with anything that cannot be read, or no
 * list at all where the answer is not empty, a whole failure.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
function settle(messages: readonly Message[], answer: unknown): Delivery {
  const failures =
    typeof answer === 'object' && answer !== null ? Reflect.get(answer, 'batchItemFailures') : []
  const failed = new Set<unknown>(
    Array.isArray(failures)
      ? failures.map((failure: unknown) => Reflect.get(Object(failure), 'itemIdentifier'))
      : [],
  )
  const known = new Set<unknown>(messages.map(({ id }) => id))
  if ([...failed].some((id) => !known.has(id))) return { kind: 'answered', acknowledged: [] }
  const done = messages.filter(({ id }) => !failed.has(id))
  for (const message of done) message.acknowledged = true
  return { kind: 'answered', acknowledged: done.map(({ id }) => id) }
}
