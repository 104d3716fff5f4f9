import type { OnceEvent, Outcome } from 'oncekit'
import type { InvocationOutcome } from 'oncekit/testing'

/** One invocation of the function, as seen from outside its worker. */
export interface InvocationEntry {
  readonly requestId: string
  readonly pid: number
  readonly messageIds: readonly string[]
  /** Epoch milliseconds. */
  readonly startedAt: number
  outcome: InvocationOutcome | undefined
  /** When its worker was killed by the demo, epoch milliseconds. */
  killedAt: number | undefined
  /** Order id → status of its record right after the worker was gone. */
  statusAfterwards: ReadonlyMap<string, string> | undefined
}

/** What happened, as the library's own events and the demo's own deeds tell it. */
export class Journal {
  /** By request id, in the order of their start. */
  readonly invocations = new Map<string, InvocationEntry>()
  readonly outcomes = new Map<Outcome, number>()
  /** Message ids of completions of which nobody knows whether they landed. */
  readonly unknownCompletions = new Set<string>()
  /** Message ids whose handler outlived its invocation. */
  readonly outlived = new Set<string>()
  kills = 0
  killsOnTheDead = 0
  takeovers = 0
  ownWrites = 0
  retries = 0
  duplicateEffects = 0

  event(event: OnceEvent): void {
    if (event.kind === 'message') {
      this.outcomes.set(event.outcome, this.count(event.outcome) + 1)
      if (event.origin === 'retry') this.retries += 1
      if (event.outcome === 'unknown-completion') this.unknownCompletions.add(event.messageId)
      if (event.outcome === 'unsettled') this.outlived.add(event.messageId)
    } else if (event.kind === 'notice') {
      if (event.notice === 'takeover') this.takeovers += 1
      else if (event.notice === 'own-write') this.ownWrites += 1
      else if (event.notice === 'duplicate-effect') this.duplicateEffects += 1
      else if (event.notice === 'late-settlement') this.outlived.add(event.messageId)
    }
  }

  /** The demo has killed this worker, whatever it was doing. */
  killed(pid: number, at: number): void {
    this.kills += 1
    const last = [...this.invocations.values()].findLast((entry) => entry.pid === pid)
    if (last) last.killedAt = at
  }

  /** The invocation in which a worker handled a message at this time. */
  invocationOf(pid: number, messageId: string, time: number): InvocationEntry | undefined {
    return [...this.invocations.values()].findLast(
      (entry) => entry.pid === pid && entry.messageIds.includes(messageId) && entry.startedAt <= time,
    )
  }

  count(outcome: Outcome): number {
    return this.outcomes.get(outcome) ?? 0
  }
}
