import { setTimeout as sleep } from 'node:timers/promises'
import type { LocalQueue } from 'oncekit/testing'
import type { Killer } from './killer.ts'
import { limitMs, STALLED_AFTER_MS } from './settings.ts'
import type { StoreKiller } from './store-killer.ts'

const TICK_MS = 10
const LOOK_EVERY_MS = 200

/** Where a run stands. */
export interface Progress {
  readonly messages: number
  readonly done: number
  readonly kills: number
  readonly outages: number
  readonly faults: number
  readonly seconds: number
}

export interface Conducted {
  readonly messages: number
  readonly queue: Pick<LocalQueue, 'counts' | 'depth'>
  readonly killer: Killer
  readonly storeKiller: StoreKiller
  readonly kills: number
  /** Whether every message was sent that will be. */
  readonly allSent: () => boolean
  /** Faults of the proxy so far. */
  readonly faults: () => number
  readonly signal: AbortSignal
  readonly onProgress: (progress: Progress) => void
}

/**
 * Lets kills and outages come when they are due, until every message was sent and has left the queue.
 * @returns messages still in the queue: 0 unless interrupted, stalled or beyond the limit
 */
export async function conduct(run: Conducted): Promise<number> {
  const { messages, queue, killer, storeKiller, signal } = run
  const began = performance.now()
  let left = messages
  let moved = { done: 0, at: 0 }
  let lookedAt = 0
  while (!signal.aborted && (left > 0 || killer.pending > 0)) {
    await sleep(TICK_MS)
    const elapsed = performance.now() - began
    const done = doneOf(queue, messages)
    killer.tick(done / messages)
    storeKiller.tick(done / messages)
    if (done !== moved.done) moved = { done, at: elapsed }
    if (elapsed - moved.at > STALLED_AFTER_MS || elapsed > limitMs(messages, run.kills)) break
    if (elapsed - lookedAt < LOOK_EVERY_MS) continue
    lookedAt = elapsed
    if (run.allSent()) {
      const { visible, inFlight, delayed } = await queue.depth()
      left = visible + inFlight + delayed
    }
    run.onProgress({
      messages,
      done,
      kills: killer.kills.length,
      outages: storeKiller.outages.length,
      faults: run.faults(),
      seconds: elapsed / 1_000,
    })
  }
  await storeKiller.settled()
  return left
}

/** Deletions count a message that was delivered twice at once twice: good enough to say how far a run is. */
export function doneOf(queue: Pick<LocalQueue, 'counts'>, messages: number): number {
  return Math.min(messages, queue.counts().deleted)
}
