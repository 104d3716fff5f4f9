import { timeByte } from '../state/time.ts'
import { EMPTY, IN_FLIGHT, START, VISIBLE } from '../state/values.ts'
import { at, freshToken, type World } from '../state/world.ts'
import { slotsOf } from './awake.ts'

/** Whether a host with so many free slots can take this event. */
export function fits(world: World, event: readonly number[], free: number): boolean {
  return free >= (sharesSlot(world, event) || isRefused(world, event) ? 1 : 2)
}

/** Records with one key and one payload: one runs, the others share its outcome. */
function sharesSlot(world: World, event: readonly number[]): boolean {
  const [first, second] = event
  if (first === undefined || second === undefined || !world.guards.coalescing) return false
  const one = at(world.configuration.messages, first)
  const other = at(world.configuration.messages, second)
  return one.key === other.key && (one.payload === other.payload || !world.guards.fingerprint)
}

/** Records with one key and another payload: the second is a mismatch and fails at once. */
function isRefused(world: World, event: readonly number[]): boolean {
  const [first, second] = event
  if (first === undefined || second === undefined || !world.guards.fingerprint) return false
  const one = at(world.configuration.messages, first)
  const other = at(world.configuration.messages, second)
  return one.key === other.key && one.payload !== other.payload
}

/** An invocation starts with this event: one or two message numbers. */
export function deliver(world: World, hostIndex: number, event: readonly number[]): void {
  const { configuration } = world
  const host = at(world.hosts, hostIndex)
  host.active = 1
  host.deadline = timeByte(configuration.deadline)
  host.first = (event[0] ?? -1) + 1
  host.second = (event[1] ?? -1) + 1
  for (const message of event) {
    const view = at(world.messages, message)
    if (view.state === VISIBLE) {
      view.state = IN_FLIGHT
      view.visibility = visibilityOf(world)
      if (configuration.maxReceives > 0) view.receives++
    }
  }
  if (event.length === 2 && sharesSlot(world, event)) {
    world.see('coalesced')
    occupy(world, hostIndex, event, 0, 3)
    return
  }
  for (let entry = 0; entry < event.length; entry++) occupy(world, hostIndex, event, entry, 1 << entry)
}

function occupy(world: World, host: number, event: readonly number[], entry: number, entries: number): void {
  // A refused second record needs no slot: the response reports what no slot stands for.
  if (entry === 1 && isRefused(world, event)) return
  const slot = slotsOf(world, host).find((candidate) => candidate.pc === EMPTY)
  if (slot === undefined) throw new RangeError('no free slot')
  const message = at(event, entry)
  const { configuration } = world
  const { key, payload } = at(configuration.messages, message)
  slot.pc = START
  slot.key = key
  slot.payload = payload
  slot.message = message
  slot.entries = entries
  slot.owner = freshToken(world)
  slot.lease = configuration.deadline + configuration.grace + 1
  if (configuration.managed) slot.bound = 2 * configuration.deadline + configuration.grace + 1
}

/** Without the guard: the shortest one that a naive sum allows. */
function visibilityOf(world: World): number {
  const { visibility, deadline, grace, clockError } = world.configuration
  return world.guards.visibility ? visibility : deadline + grace + 2 * clockError
}
