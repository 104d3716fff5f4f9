import { type BatchObservation, observeBatch } from '../observe/batch.ts'
import type { Outcome } from '../observe/events.ts'
import { failureName } from '../observe/failure-name.ts'
import type { Settings } from '../options/settings.ts'
import type { ClaimOutcome, RecordStore, StoreNotice } from '../store/contract.ts'
import { type ClaimScope, claimEntries } from './claim-entries.ts'
import { coalesce } from './coalesce.ts'
import type { Entry } from './entry.ts'
import type { Invocation } from './invocation.ts'
import { keepLeases, type StopExtending } from './keep-leases.ts'

export interface BatchSource {
  readonly settings: Settings
  readonly store: RecordStore
  readonly entries: readonly Entry[]
  readonly invocation: Invocation
  readonly fifo: boolean
}

/**
 * One batch from claim to answer. Everything that happens to an entry is written down here, so that each ends exactly
 * once and nothing changes after the answer. One object per invocation: several may be interleaved in a process.
 */
export class Batch implements ClaimScope {
  readonly entries: readonly Entry[]
  readonly settings: Settings
  readonly store: RecordStore
  readonly invocation: Invocation
  /** Whether the queue is FIFO: order inside a group binds. */
  readonly fifo: boolean
  readonly observation: BatchObservation
  /** Claimed, or to be run without a record; in the order of the batch. */
  readonly runnable: Entry[] = []
  /** Who runs the batch hears that it must stop, whoever says so. */
  onStop: () => void = () => {}
  readonly #abort = new AbortController()
  #answered = false
  #stopExtending: StopExtending | undefined
  #extended: Promise<void> | undefined

  constructor(source: BatchSource) {
    this.settings = source.settings
    this.store = source.store
    this.entries = source.entries
    this.invocation = source.invocation
    this.fifo = source.fifo
    this.observation = observeBatch(source.settings.namespace, source.settings)
  }

  /** Aborts when the work must stop. */
  get signal(): AbortSignal {
    return this.#abort.signal
  }

  /** No record starts any more; running ones are told to stop. */
  stop(): void {
    this.#abort.abort()
    for (const { controller } of this.runnable) controller?.abort()
    this.onStop()
  }

  /** Whether the answer is out: what settles now is too late. */
  get answered(): boolean {
    return this.#answered
  }

  /** Claims what leads; the rest is refused, shares, or is known already. */
  async claim(): Promise<void> {
    const { leaders, mismatched } = coalesce(this.entries)
    for (const entry of mismatched) this.refused(entry, 'mismatch')
    await claimEntries(this, leaders)
    if (this.fifo) this.#holdBack()
    // The claim itself may have taken the time that there was, and where no end is known even the lease.
    const now = this.settings.runtime.monotonic()
    for (const leader of leaders) {
      if (leader.outcome !== undefined) continue
      if (now >= this.invocation.stopAt) this.end(leader, 'not-started')
      else if (now >= leader.leaseEndsAt) this.end(leader, 'lease-lost')
      else this.runnable.push(leader)
    }
    if (this.invocation.endsAt === undefined) this.#stopExtending = keepLeases(this)
  }

  granted(entry: Entry, outcome: Extract<ClaimOutcome, { kind: 'claimed' }>): void {
    const { delivery } = entry
    if (delivery === undefined) return
    const { id, fingerprint } = delivery
    const { fence, attempt, origin, ownWrite } = outcome
    entry.claim = { id, owner: entry.owner, fence, attempt, fingerprint }
    entry.origin = origin
    const common = {
      kind: 'notice',
      namespace: this.settings.namespace,
      messageId: entry.messageId,
      id,
    } as const
    if (origin === 'takeover') this.observation.emit({ ...common, notice: 'takeover', attempt })
    if (ownWrite) this.observation.emit({ ...common, notice: 'own-write' })
  }

  refused(entry: Entry, outcome: Outcome, error?: unknown): void {
    this.end(entry, outcome, error)
  }

  notify = (notice: StoreNotice): void => {
    const { kind, ...detail } = notice
    const { namespace } = this.settings
    // The pairs of name and detail are the same in both unions.
    this.observation.emit({ kind: 'notice', notice: kind, namespace, ...detail } as never)
  }

  /** The end of one message. The first end counts: nothing that comes later changes an outcome. */
  end(entry: Entry, outcome: Outcome, error?: unknown): void {
    if (entry.outcome !== undefined) return
    entry.outcome = outcome
    entry.acknowledged = outcome === 'completed' || outcome === 'duplicate'
    this.#tell(entry, outcome, error)
  }

  /**
   * Closes the batch: what has not ended is reported.
   * @returns the message ids that are not acknowledged: unique, all from this batch
   */
  answer(): readonly string[] {
    this.#extended = this.#stopExtending?.()
    this.#answered = true
    const failures = new Set<string>()
    let unsettled = 0
    let notStarted = 0
    const held = new Set<string | undefined>()
    for (const entry of this.entries) {
      if (entry.leader !== undefined) this.#share(entry, entry.leader)
      // A claim that was never run stays leased like one that still runs: only a settled handler releases.
      if (entry.outcome === undefined) this.end(entry, entry.soFar)
      if (entry.outcome === 'unsettled') unsettled++
      if (entry.outcome === 'not-started') notStarted++
      // In a FIFO group nothing is acknowledged after the first record that is not, done or not.
      const lane = this.#laneOf(entry)
      if (entry.acknowledged && !(this.fifo && held.has(lane))) continue
      held.add(lane)
      failures.add(entry.messageId)
    }
    const { namespace, runtime } = this.settings
    if (runtime.monotonic() >= this.invocation.stopAt && unsettled + notStarted > 0) {
      this.observation.emit({ kind: 'notice', notice: 'deadline', namespace, unsettled, notStarted })
    }
    const durationMs = runtime.monotonic() - this.invocation.startedAt
    this.observation.end({ messages: this.entries.length, failures: failures.size, durationMs })
    return [...failures]
  }

  /** Resolves when nothing of ours is under way after the answer: where nobody knows the end, an extension may be. */
  async idle(): Promise<void> {
    await this.#extended
  }

  /** What stands in its group after a record that is refused already does not run, whoever runs the batch. */
  #holdBack(): void {
    const held = new Set<string | undefined>()
    for (const entry of this.entries) {
      const lane = this.#laneOf(entry)
      const { outcome, acknowledged } = entry.leader ?? entry
      if (outcome !== undefined && !acknowledged) held.add(lane)
      else if (held.has(lane) && entry.leader === undefined) this.end(entry, 'not-started')
    }
  }

  #laneOf(entry: Entry): string | undefined {
    return this.settings.fifo === 'batch' ? undefined : entry.group
  }

  #share(entry: Entry, leader: Entry): void {
    if (entry.outcome !== undefined) return
    entry.outcome = 'shared'
    entry.acknowledged = leader.acknowledged
    this.#tell(entry, 'shared', undefined)
  }

  #tell(entry: Entry, outcome: Outcome, error: unknown): void {
    this.observation.emit({
      kind: 'message',
      outcome,
      namespace: this.settings.namespace,
      messageId: entry.messageId,
      id: entry.delivery?.id,
      attempt: entry.claim?.attempt,
      origin: entry.origin,
      ...(error === undefined ? undefined : { failure: failureName(error), error }),
    })
  }
}
