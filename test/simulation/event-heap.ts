import type { Recipient } from './world.ts'

/** Something that will happen. */
export interface SimulatedEvent {
  /** Virtual epoch ms. */
  at: number
  /** Breaks ties: first scheduled, first run. */
  order: number
  readonly recipient: Recipient | undefined
  readonly callback: () => void
  cancelled: boolean
}

function isBefore(one: SimulatedEvent, other: SimulatedEvent): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order)
}

/** A binary heap of events, earliest first. */
export class EventHeap {
  #events: SimulatedEvent[] = []

  push(event: SimulatedEvent): void {
    const events = this.#events
    let index = events.length
    events.push(event)
    while (index > 0) {
      const above = (index - 1) >> 1
      const parent = events[above]
      if (parent === undefined || !isBefore(event, parent)) break
      events[index] = parent
      index = above
    }
    events[index] = event
  }

  pop(): SimulatedEvent | undefined {
    const events = this.#events
    const first = events[0]
    const last = events.pop()
    if (first === undefined || last === undefined || events.length === 0) return first
    let index = 0
    for (;;) {
      let below = 2 * index + 1
      let child = events[below]
      if (child === undefined) break
      const right = events[below + 1]
      if (right !== undefined && isBefore(right, child)) {
        child = right
        below++
      }
      if (!isBefore(child, last)) break
      events[index] = child
      index = below
    }
    events[index] = last
    return first
  }

  clear(): void {
    this.#events = []
  }
}
