import type { SqsBatchResponse } from '../../../src/lambda/partial-response.ts'
import { type MessageHandler, sqsHandler } from '../../../src/lambda/sqs-handler.ts'
import type { OnceEvent } from '../../../src/observe/events.ts'
import type { Options } from '../../../src/options/options.ts'
import type { CallContext, ClaimRequest, RecordStore, Settlement } from '../../../src/store/contract.ts'
import { type MemoryStore, memoryStore } from '../../../src/store/memory/memory-store.ts'
import { type ManualClock, manualClock } from '../../../src/testing/manual-clock.ts'
import { numberedEvent as sqsEvent } from '../../testing/numbered-event.ts'

/** One execution environment of a function: what it has of its own is its clock, and that it may die or freeze. */
export interface Sandbox {
  readonly clock: ManualClock
  readonly events: OnceEvent[]
  /** Delivers message A; further deliveries count as such. */
  deliver(receiveCount?: number): Promise<SqsBatchResponse>
  outcome(): string | undefined
  notices(): string[]
}

/** Where a process dies: from there on nothing that it asked for comes back to it. */
export type DeathPoint = 'before claim' | 'after claim' | 'before completion' | 'after completion'

/** The table that all environments share. */
export interface World {
  readonly store: MemoryStore
  readonly clock: ManualClock
  /** Effects of the handler, in order, by the name of the environment. */
  readonly effects: string[]
  sandbox(name: string, options?: SandboxOptions): Sandbox
}

export interface SandboxOptions extends Pick<Options, 'ttl' | 'storeResult' | 'clockErrorMs'> {
  readonly dies?: DeathPoint
  /** A clock of its own, for one that is frozen or skewed. @default the world's */
  readonly clock?: ManualClock
  /** Runs after the effect. */
  readonly work?: MessageHandler<string>
  /** Time of the invocation in ms; `undefined`: no Lambda context. @default 10000 */
  readonly remainingMs?: number | undefined
}

/** A shared table in memory, and environments that use it. */
export function world(): World {
  const clock = manualClock()
  const store = memoryStore({ runtime: clock })
  const effects: string[] = []
  return {
    store,
    clock,
    effects,
    sandbox(name, options = {}) {
      const { dies, work, clock: own = clock, ...rest } = options
      const events: OnceEvent[] = []
      const remainingMs = 'remainingMs' in options ? options.remainingMs : 10_000
      const { ttl, storeResult, clockErrorMs } = rest
      const handler = sqsHandler(
        {
          store: mortal(store, dies),
          runtime: own,
          namespace: 'charge',
          observer: (event) => void events.push(event),
          logger: false,
          ttl,
          storeResult,
          clockErrorMs,
        },
        (message, claim) => {
          effects.push(name)
          return work?.(message, claim)
        },
      )
      return {
        clock: own,
        events,
        deliver(receiveCount = 1) {
          const end = own.monotonic() + (remainingMs ?? 0)
          const context =
            remainingMs === undefined ? {} : { getRemainingTimeInMillis: () => end - own.monotonic() }
          return handler(sqsEvent([{ messageId: 'A', body: 'A', receiveCount }]), context)
        },
        outcome() {
          return events.findLast((event) => event.kind === 'message')?.outcome
        },
        notices: () => events.flatMap((event) => (event.kind === 'notice' ? [event.notice] : [])),
      }
    },
  }
}

/** A store as a process sees it that dies at a point. */
function mortal(store: RecordStore, dies: DeathPoint | undefined): RecordStore {
  const dead = () => new Promise<never>(() => {})
  return {
    async claim(requests: readonly ClaimRequest[], context: CallContext) {
      if (dies === 'before claim') return dead()
      const answer = await store.claim(requests, context)
      return dies === 'after claim' ? dead() : answer
    },
    async settle(settlements: readonly Settlement[], context: CallContext) {
      if (dies === 'before completion') return dead()
      const answer = await store.settle(settlements, context)
      return dies === 'after completion' ? dead() : answer
    },
  }
}

/** Lease of an invocation of ten seconds, its grace and the margin: from then on a takeover is allowed. */
export const STALE_MS = 10_000 + 1_000 + 2_000 + 1
