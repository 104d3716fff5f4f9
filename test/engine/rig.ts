import type { InvocationContext } from '../../src/engine/invocation.ts'
import type { SqsBatchResponse } from '../../src/lambda/partial-response.ts'
import type { MessageEvent, NoticeEvent, OnceEvent } from '../../src/observe/events.ts'
import type { SqsRecord } from '../../src/protocol/sqs-record.ts'
import type { RecordStore } from '../../src/store/contract.ts'
import { type ManualClock, manualClock } from '../../src/testing/manual-clock.ts'
import { numberedEvent as sqsEvent } from '../testing/numbered-event.ts'
import { ScriptedStore } from './scripted-store.ts'

/** What a test of one function needs: its clock, its store, and all that it says. */
export interface Rig<Store extends RecordStore = ScriptedStore> {
  readonly clock: ManualClock
  readonly store: Store
  readonly events: OnceEvent[]
  /** Options that make the function use all this. */
  readonly base: {
    readonly store: Store
    readonly runtime: ManualClock
    readonly namespace: string
    readonly observer: (event: OnceEvent) => void
    readonly logger: false
  }
  /** A Lambda context whose time runs by the clock. */
  context(remainingMs?: number): InvocationContext
  /** Outcome of each message, by its id; the last one where there are several. */
  outcomes(): Record<string, string>
  notices(): NoticeEvent['notice'][]
}

export function rig(): Rig {
  return rigWith(new ScriptedStore())
}

export function rigWith<Store extends RecordStore>(store: Store, clock = manualClock()): Rig<Store> {
  const events: OnceEvent[] = []
  return {
    clock,
    store,
    events,
    base: {
      store,
      runtime: clock,
      namespace: 'charge',
      observer: (event) => void events.push(event),
      logger: false,
    },
    context(remainingMs = 30_000) {
      const end = clock.monotonic() + remainingMs
      return { getRemainingTimeInMillis: () => end - clock.monotonic() }
    },
    outcomes() {
      const messages = events.filter((event): event is MessageEvent => event.kind === 'message')
      return Object.fromEntries(messages.map(({ messageId, outcome }) => [messageId, outcome]))
    },
    notices() {
      return events.flatMap((event) => (event.kind === 'notice' ? [event.notice] : []))
    },
  }
}

/** Lets everything run that needs no time: promises, and what was put off to the end of a turn. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve))
}

/** A standard batch; each message's body is its id. */
export function standard(...messageIds: readonly string[]): { Records: SqsRecord[] } {
  return sqsEvent(messageIds.map((messageId) => ({ messageId, body: messageId })))
}

/** A FIFO batch: `'A:g1'` is message A of group g1. */
export function fifo(...messages: readonly string[]): { Records: SqsRecord[] } {
  return sqsEvent(
    messages.map((text) => {
      const [messageId = '', groupId = ''] = text.split(':')
      return { messageId, groupId, body: messageId }
    }),
    { fifo: true },
  )
}

/** The identifiers that a response reports. */
export function reported(response: unknown): string[] {
  // A response that is none must fail the test that looks at it.
  return (response as SqsBatchResponse).batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)
}

/** A handler whose runs a test ends one by one. */
export class Gates {
  /** Message ids in the order in which their handlers began. */
  readonly begun: string[] = []
  readonly #gates = new Map<string, PromiseWithResolvers<unknown>>()

  readonly handler = (message: { readonly messageId: string }): Promise<unknown> => {
    this.begun.push(message.messageId)
    return this.#gate(message.messageId).promise
  }

  succeed(messageId: string, value?: unknown): void {
    this.#gate(messageId).resolve(value)
  }

  fail(messageId: string, error: unknown = new Error('declined')): void {
    this.#gate(messageId).reject(error)
  }

  #gate(messageId: string): PromiseWithResolvers<unknown> {
    const gate = this.#gates.get(messageId) ?? Promise.withResolvers<unknown>()
    this.#gates.set(messageId, gate)
    return gate
  }
}
