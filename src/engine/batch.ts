import { observeBatch } from '../observe/batch.ts'
import type { NoticeEvent, Outcome } from '../observe/events.ts'
import { failureName } from '../observe/failure-name.ts'
import type { Settings } from '../options/settings.ts'
import type { CallContext, RecordStore, StoreNotice } from '../store/contract.ts'
import type { Entry } from './entry.ts'
import { at, type Invocation } from './invocation.ts'

/** What a notice says beside its name, and beside the message that it is about. */
type Detail<Name> = Omit<
  Extract<NoticeEvent, { notice: Name }>,
  'kind' | 'notice' | 'namespace' | 'messageId' | 'id'
>

/** How long a call of the store may take where nobody knows the end of the invocation, in ms. */
export const OPEN_CALL_MS = 20_000

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
  /** What was granted, and is neither settled nor given back. */
  readonly held: Set<Entry>
  /** Aborts when the work must stop. */
  readonly signal: AbortSignal
  /** Whether its messages were handed to a function of one message already. */
  started: boolean
  /** Whether the answer is made. */
  answered: boolean
  /** Whether settlements are not confirmed at their first attempt: nothing new starts until they are. */
  retrying: boolean
  /** Who runs the batch hears of each end, and that it must stop, whoever says so. */
  onEnd: (entry: Entry) => void
  onStop: () => void
  /** Ends the extension of leases. */
  stopExtending: (() => Promise<void>) | undefined
  /** For a call of the store that settles, and that began now. */
  settling(): CallContext
  /** No record starts any more; running ones are told to stop. */
  stop(): void
  /** A request of ours that never rejects is under way: the answer waits for it, at most until `answerBy`. */
  track(request: Promise<unknown>): void
  /** Something that whoever runs the function should know, about one message or none. */
  notice<Name extends NoticeEvent['notice']>(name: Name, entry?: Entry, detail?: Detail<Name>): void
  /** The end of one message. The first end counts: nothing that comes later changes an outcome. */
  end(entry: Entry, outcome: Outcome, error?: unknown): void
  /**
   * Closes the batch: what has not ended is reported.
   * @returns the message ids that are not acknowledged: unique, all from this batch, the same every time
   */
  close(): readonly string[]
  /** Closes the batch, and resolves when nothing of ours is under way. */
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
  const requests = new Set<Promise<unknown>>()
  const context = { marginMs, clockErrorMs, notify }
  const settling: CallContext = { ...context, deadline: invocation.settleBy }
  let quiet: Promise<void> | undefined

  const batch: Batch = {
    settings,
    store,
    invocation,
    fifo,
    entries: [],
    held: new Set(),
    signal,
    started: false,
    answered: false,
    retrying: false,
    onEnd() {},
    onStop() {},
    stopExtending: undefined,

    settling() {
      const open = invocation.settleBy === Infinity || (batch.answered && !settings.hardKill)
      return open ? { ...context, deadline: runtime.monotonic() + OPEN_CALL_MS } : settling
    },

    stop() {
      controller.abort()
      for (const entry of batch.held) entry.controller?.abort()
      batch.onStop()
    },

    track(request) {
      requests.add(request)
      void request.then(() => requests.delete(request))
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
      batch.onEnd(entry)
    },

    close() {
      if (!batch.answered) close()
      return [...failures]
    },

    async answer() {
      if (!batch.answered) close()
      quiet ??= untilQuiet()
      await quiet
      return [...failures]
    },
  }
  return batch

  function notify(notice: StoreNotice): void {
    if (notice.kind === 'retrying') {
      if (!batch.retrying) batch.notice('retrying', undefined, { error: notice.error })
      batch.retrying = true
      return
    }
    const { kind, ...detail } = notice
    // The pairs of name and detail are the same in both unions.
    batch.notice(kind, undefined, detail as never)
  }

  function close(): void {
    batch.answered = true
    batch.onEnd = () => {}
    const held = new Set<string | undefined>()
    for (const entry of batch.entries) {
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
    // Whoever still runs it has nothing to wait for.
    batch.onStop()
  }

  async function untilQuiet(): Promise<void> {
    if (requests.size === 0 && !batch.stopExtending) return
    const { promise: late, resolve } = Promise.withResolvers<void>()
    const cancel = at(runtime, invocation.answerBy, resolve)
    await Promise.race([Promise.all([batch.stopExtending?.(), ...requests]), late])
    cancel()
  }
}
