import type { RecordView, SlotView } from './state/things.ts'
import { ENDLESS, ticksOf } from './state/time.ts'
import {
  ABSENT,
  COMPLETED,
  DEAD,
  DELETED,
  EMPTY,
  FOREIGN,
  HUNG,
  IN_PROGRESS,
  MADE,
  OK,
  POISONED,
  PROOF_COMPLETED,
  PROOF_EFFECT,
  RUNNING,
  UNSENT,
} from './state/values.ts'
import { at, recordOf, type World } from './state/world.ts'

/**
 * What must never happen, by the names of protocol.md, plus eight that its text promises without a number: EFFECT,
 * WINDOW, FENCE, TOKEN, OWN, BATCH, POISON and RUNS. Each is one function here; a rule calls those that its step could
 * break, and the state invariants (I1, I6, I13, EFFECT) are looked at in every state. I7 is about the whole graph: see
 * liveness.ts.
 *
 * Truth is judged by true time and by ghost fields, never by what a host believes.
 */
export const INVARIANTS: Readonly<Record<string, string>> = {
  I1: 'at most one execution per key inside its lease (margin ≥ 2 × clock error; hard kill at the deadline, or leases extended while the handler runs, up to their bound)',
  I2: 'COMPLETED never becomes IN_PROGRESS, and is never deleted, before expiresAt (margin ≥ clock error)',
  I3: 'a settle write changes a record only for the claim (owner and fence) that holds it IN_PROGRESS; an unknown record, or one without a lease inside its window, is never changed (no clock assumption)',
  I4: 'a message is deleted only if its record was COMPLETED (no clock assumption)',
  I5: "nothing is lost: a message is deleted only if its payload's effect was made (no clock assumption)",
  I6: 'transactional: effect ≤ 1 per window, = 1 for every deleted message (no clock assumption)',
  I7: 'from every reachable state, without further faults, every message can still be resolved',
  I8: 'every failed or unprocessed record is reported, each identifier is of the event, none twice',
  I9: 'FIFO: in order inside a group, nothing acknowledged after a record that is not',
  I10: "a redelivery never meets a dead owner's live lease (visibility > deadline + grace + margin + 2 × clock error)",
  I13: 'a handler that never started leaves no lease and no attempt behind (while its giving back is not lost to a fault)',
  EFFECT:
    'effects per window ≤ 1 + executions that died, overran or stayed unknown between effect and completion',
  WINDOW:
    'a message is deleted only for an effect of its own deduplication window (clocks within the clock error)',
  FENCE: 'a granted fence is higher than every fence granted before for its key, across deletion too',
  TOKEN: 'a record that names a token is never granted to that token again',
  OWN: 'nobody takes its own claim or completion for somebody else’s',
  BATCH: 'records of one event with the same key and payload share one outcome',
  POISON: 'a POISONED record is claimed only after its window or when sent again',
  RUNS: 'where attempts are limited, handlers of a key start at most so often, until its window ends or it is sent again after poison',
}

function broke(world: World, name: string): void {
  if (world.broken === undefined && !world.configuration.waived.includes(name)) world.broken = name
}

/** Invariants of a single state. */
export function checkState(world: World): void {
  for (let key = 0; key < world.records.length; key++) {
    let executing = 0
    for (const slot of world.slots) if (slot.key === key && isExecuting(world, slot)) executing++
    if (executing > 1) broke(world, 'I1')
    const record = recordOf(world, key)
    if (isLeftBehind(world, record) || hasIdleAttempt(world, record)) broke(world, 'I13')
    if (world.configuration.transactional) {
      if (record.effects > 1) broke(world, 'I6')
    } else if (record.effects > 1 + record.excused) broke(world, 'EFFECT')
  }
}

/**
 * A handler left behind by an invocation that has responded counts while its own lease lasts; in a process that is
 * never killed, until nobody extends its lease any more, whether or not it has been extended until then.
 */
function isExecuting(world: World, slot: SlotView): boolean {
  if (slot.pc !== RUNNING && slot.pc !== MADE && slot.pc !== HUNG) return false
  if (world.configuration.managed) return slot.bound > 0
  return slot.detached === 0 || slot.lease > 0
}

/** IN_PROGRESS under a claim whose handler has not started, and nothing that could still start it. */
function isLeftBehind(world: World, record: RecordView): boolean {
  if (record.status !== IN_PROGRESS || record.begun === 1 || record.lease === ENDLESS) return false
  return !world.slots.some((slot) => slot.pc !== EMPTY && slot.owner === record.owner)
}

/** More attempts than handlers started, claims whose handler may still start, and those that faults have ended. */
function hasIdleAttempt(world: World, record: RecordView): boolean {
  if (world.configuration.maxAttempts === 0 || record.status === COMPLETED) return false
  const open = record.status === IN_PROGRESS && record.begun === 0 ? 1 : 0
  return record.attempts > record.runs + record.faulted + open
}

/** I1 and RUNS: a handler starts, only inside its own lease and not too often. */
export function checkStart(world: World, slot: SlotView): void {
  if (slot.lease === 0) broke(world, 'I1')
  const { maxAttempts } = world.configuration
  const record = recordOf(world, slot.key)
  if (record.owner === slot.owner) record.begun = 1
  if (maxAttempts === 0) return
  record.runs = Math.min(record.runs + 1, maxAttempts + 1)
  if (record.runs > maxAttempts) broke(world, 'RUNS')
}

/** I13: a fault has ended an execution that may hold the record, before its handler started. */
export function excuseClaim(world: World, key: number, owner: number): void {
  const record = recordOf(world, key)
  if (record.status !== IN_PROGRESS || record.begun === 1 || record.owner !== owner) return
  record.begun = 1
  if (world.configuration.maxAttempts > 0)
    record.faulted = Math.min(record.faulted + 1, world.configuration.maxAttempts)
}

/** I2, I3, POISON: what a granted claim replaced. */
export function checkReplaced(world: World, record: RecordView, resent: boolean): void {
  if (record.status === COMPLETED && ticksOf(record.expires) >= 0) broke(world, 'I2')
  if (record.status === FOREIGN) broke(world, 'I3')
  if (record.lease === ENDLESS && ticksOf(record.expires) >= 0) broke(world, 'I3')
  if (record.status === POISONED && ticksOf(record.expires) >= 0 && !resent) broke(world, 'POISON')
}

export function checkFence(world: World, record: RecordView, granted: number): void {
  if (granted <= record.highFence) broke(world, 'FENCE')
}

/** TOKEN: a claim with this token is about to be granted over the record. */
export function checkToken(world: World, record: RecordView, token: number): void {
  if (record.status !== ABSENT && record.owner === token) broke(world, 'TOKEN')
}

/** I3: a complete, release or extend that is about to change the record. */
export function checkSettle(world: World, record: RecordView, owner: number, fence: number): void {
  if (record.status !== IN_PROGRESS || record.owner !== owner || record.fence !== fence) broke(world, 'I3')
}

/** I3: the put of a missing record is about to replace this. */
export function checkPut(world: World, record: RecordView): void {
  if (record.status !== ABSENT) broke(world, 'I3')
}

/** I2: TTL is about to delete this. */
export function checkDeletion(world: World, record: RecordView): void {
  if (record.status === COMPLETED && ticksOf(record.expires) >= 0) broke(world, 'I2')
}

/** OWN: this record was just taken for somebody else's. */
export function checkForeign(world: World, record: RecordView, slot: SlotView): void {
  const held = record.status === IN_PROGRESS || record.status === COMPLETED
  if (held && record.owner === slot.owner) broke(world, 'OWN')
}

/** I10: this record made a redelivery fail as busy. */
export function checkBusy(world: World, record: RecordView): void {
  if (world.slots.some((slot) => slot.pc !== 0 && slot.owner === record.owner)) return
  broke(world, 'I10')
}

/** What the store truly showed when a claim was answered with "duplicate". */
export function witnessDuplicate(world: World, record: RecordView, slot: SlotView): void {
  if (record.status === COMPLETED) slot.proof |= PROOF_COMPLETED
  if (showsEffect(world, record, slot.payload)) slot.proof |= PROOF_EFFECT
}

/** The same for the answer to a completion: COMPLETED since its own claim, even if that window has ended meanwhile. */
export function witnessCompletion(record: RecordView, slot: SlotView): void {
  if (record.status !== COMPLETED) return
  slot.proof |= PROOF_COMPLETED
  if (slot.made > 0 || (record.made & slot.payload) !== 0) slot.proof |= PROOF_EFFECT
}

/** COMPLETED, inside its window as far as any host within the margin can tell, and this payload's effect made. */
function showsEffect(world: World, record: RecordView, payload: number): boolean {
  const tolerance = 3 * world.configuration.clockError
  const inside = record.status === COMPLETED && ticksOf(record.expires) >= -tolerance
  return inside && (record.made & payload) !== 0
}

/** I4, I5, I6, WINDOW: this message is about to be deleted. */
export function checkDeleted(world: World, message: number, slot: SlotView): void {
  const { key, payload } = at(world.configuration.messages, message)
  const record = recordOf(world, key)
  if (record.status !== COMPLETED && (slot.proof & PROOF_COMPLETED) === 0) broke(world, 'I4')
  if ((record.everMade & payload) === 0) broke(world, world.configuration.transactional ? 'I6' : 'I5')
  if (showsEffect(world, record, payload)) return
  if ((slot.proof & PROOF_EFFECT) !== 0 && slot.payload === payload) return
  broke(world, world.configuration.transactional ? 'I6' : 'WINDOW')
}

/** I8 and BATCH: the response against the event. `settled[i]`: entry i was confirmed completed. */
export function checkResponse(
  world: World,
  event: readonly number[],
  settled: readonly boolean[],
  failures: readonly number[],
): void {
  if (new Set(failures).size !== failures.length) broke(world, 'I8')
  if (failures.some((message) => !event.includes(message))) broke(world, 'I8')
  if (event.some((message, entry) => settled[entry] !== true && !failures.includes(message)))
    broke(world, 'I8')
  const [first, second] = event
  if (first === undefined || second === undefined) return
  const one = at(world.configuration.messages, first)
  const other = at(world.configuration.messages, second)
  if (one.key !== other.key || one.payload !== other.payload) return
  if (failures.includes(first) !== failures.includes(second)) broke(world, 'BATCH')
}

/** I9: everything before this message in its group is resolved, or acknowledged in `acknowledged`. */
export function checkOrder(world: World, message: number, acknowledged: readonly number[]): void {
  const { messages } = world.configuration
  const { group } = at(messages, message)
  if (group === undefined) return
  for (let earlier = 0; earlier < message; earlier++) {
    if (at(messages, earlier).group !== group || acknowledged.includes(earlier)) continue
    const { state } = at(world.messages, earlier)
    if (state !== DELETED && state !== DEAD) broke(world, 'I9')
  }
}

/** The effect of this slot will not be followed by a completion of its own (in time): one more may come. */
export function excuse(world: World, slot: SlotView): void {
  if (slot.made !== 1) return
  slot.made = 2
  const record = recordOf(world, slot.key)
  if (record.excused < 3) record.excused++
}

/** Everything that was sent is resolved: the goal of I7. */
export function isDrained(world: World): boolean {
  return world.messages.every(({ state }) => state === DELETED || state === DEAD || state === UNSENT)
}

/** Whether an execution of this message in this event is confirmed; for the order inside a group. */
export function isConfirmed(slot: SlotView | undefined): boolean {
  return slot?.pc === OK
}
