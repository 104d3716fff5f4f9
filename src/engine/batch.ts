import { observeBatch } from '../observe/batch.ts'
import type { NoticeEvent, Outcome } from '../observe/events.ts'
import { failureName } from '../observe/failure-name.ts'
import type { Settings } from '../options/settings.ts'
import type { CallContext, RecordStore } from '../store/contract.ts'
import type { Entry } from './entry.ts'
import type { Invocation } from './invocation.ts'

/** What a notice says beside its name, and beside the message that it is about. */
type Detail<Name> = Omit<
  Extract<NoticeEvent, { notice: Name }>,
  'kind' | 'notice' | 'namespace' | 'messageId' | 'id'
>

/**
 * One batch from claim to answer. Everything that happens to an entry is written down here, so that each ends exactly
 * once and nothing changes after the answer. One object per invocation: several may be interleaved in a process.
 */
export interface Batch {
  readonly settings: Settings
  readonly store: RecordStore
  readonly invocation: Invocation
  /** Whether the queue is FIFO: order inside a lane binds. */
  readonly fifo: boolean
  /** All records, in the order of the event. */
  readonly entries: Entry[]
  /** Claimed, or to be run without a record; in the order of the batch. */
  readonly runnable: Entry[]
  /** For calls of the store that claim, and for those that settle. */
  readonly claiming: CallContext
  readonly settling: CallContext
  /** Aborts when the work must stop. */
  readonly signal: AbortSignal
  /** Whether its messages were handed to a function of one message already. */
  started: boolean
  /** Whether the answer is made. */
  answered: boolean
  /** Who runs the batch hears that it must stop, whoever says so. */
  onStop: () => void
  /** Ends the extension of leases, where nobody knows the end of the invocation. */
  stopExtending: (() => Promise<void>) | undefined
  /** No record starts any more; running ones are told to stop. */
  stop(): void
  /** Something that whoever runs the function should know, about one message or none. */
  notice<Name extends NoticeEvent['notice']>(name: Name, entry?: Entry, detail?: Detail<Name>): void
  /** The end of one message. The first end counts: nothing that comes later changes an outcome. */
  end(entry: Entry, outcome: Outcome, error?: unknown): void
  /**
   * Closes the batch at once: what has not ended is reported. Resolves when nothing of ours is under way.
   * @returns the message ids that are not acknowledged: unique, all from this batch, the same every time
   */
  answer(): Promise<readonly string[]>
}

export function openBatch(
  settings: Settings,
  store: RecordStore,
  invocation: Invocation,
  fifo: boolean,
): Batch {
  const { namespace, runtime, marginMs, clockErrorMs } = settings
  const observation = observeBatch(namespace, settings)
  const controller = new AbortController()
  const { signal } = controller
  const failures = new Set<string>()
  let extended: Promise<void> | undefined

  const claiming: CallContext = {
    deadline: invocation.stopAt,
    marginMs,
    clockErrorMs,
    // The pairs of name and detail are the same in both unions.
    notify: ({ kind, ...detail }) => {
      if (kind !== 'retrying') batch.notice(kind, undefined, detail as never)
    },
  }

  const batch: Batch = {
    settings,
    store,
    invocation,
    fifo,
    entries: [],
    runnable: [],
    claiming,
    settling: { ...claiming, deadline: invocation.settleBy },
    signal,
    started: false,
    answered: false,
    onStop() {},
    stopExtending: undefined,

    stop() {
      controller.abort()
      for (const entry of batch.runnable) entry.controller?.abort()
      batch.onStop()
    },

    notice(notice, entry, detail) {
      const about = entry && { messageId: entry.messageId, id: entry.id }
      // The signature pairs each name with its detail.
      observation.emit({ kind: 'notice', notice, namespace, ...about, ...detail } as NoticeEvent)
    },

    end(entry, outcome, error) {
      if (entry.outcome) return
      entry.outcome = outcome
      entry.acknowledged =
        outcome === 'shared'
          ? !!entry.leader?.acknowledged
          : outcome === 'completed' || outcome === 'duplicate'
      const { messageId, id, origin } = entry
      observation.emit({
        kind: 'message',
        outcome,
        namespace,
        messageId,
        id,
        attempt: entry.claim?.attempt,
        origin,
        failure: error === undefined ? undefined : failureName(error),
        error,
      })
    },

    async answer() {
      if (!batch.answered) close()
      await extended
      return [...failures]
    },
  }
  return batch

  function close(): void {
    batch.answered = true
    extended = batch.stopExtending?.()
    const held = new Set<string | undefined>()
    for (const entry of batch.entries) {
      // A claim that was never run stays leased like one that still runs: only a settled handler releases.
      batch.end(entry, entry.leader ? 'shared' : entry.soFar)
      // In a lane nothing is acknowledged after the first record that is not, done or not.
      if (entry.acknowledged && !held.has(entry.lane)) continue
      held.add(entry.lane)
      failures.add(entry.messageId)
    }
    const now = runtime.monotonic()
    const { unsettled, notStarted } = observation.counts
    if (now >= invocation.stopAt && unsettled + notStarted > 0) {
      batch.notice('deadline', undefined, { unsettled, notStarted })
    }
    observation.end({
      messages: batch.entries.length,
      failures: failures.size,
      durationMs: now - invocation.startedAt,
    })
  }
}
