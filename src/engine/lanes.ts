import type { Batch } from './batch.ts'
import type { Entry } from './entry.ts'
import { giveBack } from './give-back.ts'

interface Lane {
  readonly entries: Entry[]
  next: number
  /** Whether its next record was handed on and has not ended. */
  busy: boolean
  stopped: boolean
}

/** The lanes of a FIFO batch: each in order, lanes beside each other. */
export interface Lanes {
  /** Something became of this record: it may run now, or it has ended. */
  changed(entry: Entry): void
}

/**
 * Hands on the record of each lane whose turn it is, once it may run. The first of a lane that is not acknowledged stops
 * the rest: it is not run, and given back. A record whose key leads in another lane waits for that one's end.
 *
 * @param handOn `goesOn`: its lane has begun, and keeps its place before those that have not
 */
export function openLanes(batch: Batch, handOn: (entry: Entry, goesOn: boolean) => void): Lanes {
  const lanes = new Map<string | undefined, Lane>()
  const waiting = new Map<Entry, Lane[]>()
  for (const entry of batch.entries) {
    const lane = lanes.get(entry.lane)
    if (lane) lane.entries.push(entry)
    else lanes.set(entry.lane, { entries: [entry], next: 0, busy: false, stopped: false })
  }
  batch.onEnd = changed
  for (const lane of lanes.values()) advance(lane)
  return { changed }

  function changed(entry: Entry): void {
    const lane = lanes.get(entry.lane)
    if (lane) {
      if (entry.outcome && lane.entries[lane.next] === entry) lane.busy = false
      advance(lane)
    }
    const others = waiting.get(entry)
    if (!others || !entry.outcome) return
    waiting.delete(entry)
    for (const other of others) advance(other)
  }

  function advance(lane: Lane): void {
    while (!lane.stopped && !lane.busy) {
      const entry = lane.entries[lane.next]
      if (!entry) return
      const lead = entry.leader ?? entry
      if (lead.outcome) {
        if (!lead.acknowledged) stop(lane)
        lane.next++
      } else if (entry.leader) {
        // The lead stands before it in the batch, so nobody waits in a circle.
        const others = waiting.get(lead)
        if (others) {
          if (!others.includes(lane)) others.push(lane)
        } else waiting.set(lead, [lane])
        return
      } else if (entry.granted) {
        lane.busy = true
        handOn(entry, lane.next > 0)
      } else return
    }
  }

  function stop(lane: Lane): void {
    lane.stopped = true
    const rest = lane.entries.slice(lane.next + 1).filter((entry) => !entry.leader && !entry.outcome)
    for (const entry of rest) batch.end(entry, 'not-started')
    giveBack(batch, rest)
  }
}
