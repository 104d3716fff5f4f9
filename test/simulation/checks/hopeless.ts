import { viewOf } from '../dynamodb/item.ts'
import type { Message } from '../queue.ts'
import type { Simulation } from '../simulation.ts'
import { clockErrorOf } from './clock.ts'

/** Why a message rightly never gets through, though no fault is left; `undefined`: it should. */
export function hopelessness(simulation: Simulation, message: Message): string | undefined {
  const own = ownReason(simulation, message)
  if (own !== undefined || !simulation.scenario.fifo) return own
  const behind = behindWhom(simulation, message)
  return behind === undefined ? undefined : `behind ${behind}`
}

/** On a FIFO queue a message waits behind one that never gets through. */
function behindWhom(simulation: Simulation, message: Message): string | undefined {
  const { fifoStops } = simulation.scenario
  for (const other of simulation.queue.messages) {
    if (other === message) return undefined
    if (other.state !== 'queued') continue
    if (fifoStops === 'group' && other.plan.group !== message.plan.group) continue
    if (ownReason(simulation, other) !== undefined) return other.plan.id
  }
  return undefined
}

function ownReason(simulation: Simulation, message: Message): string | undefined {
  const { state, scenario } = simulation
  const item = state.table.items.get(simulation.idOf(message.plan.key))
  if (item === undefined) return undefined
  const record = viewOf(item)
  if (record.schemaVersion !== 1) return 'a record of another version'
  const { time } = simulation.world
  // Those who ask may be off by as much.
  const patience = 2 * scenario.clockErrorMs + clockErrorOf(scenario)
  const over = record.expiresAt + patience < time
  if (record.status === 'POISONED') {
    return over || message.sentAt > (record.poisonedAt ?? Infinity) + patience ? undefined : 'given up'
  }
  if (!['FAILED', 'IN_PROGRESS', 'COMPLETED'].includes(record.status)) return 'an unknown status'
  if (record.status === 'FAILED' || over) return undefined
  const offered = simulation.fingerprintOf(message.plan.body)
  if (scenario.fingerprint && record.fingerprint !== undefined && record.fingerprint !== offered) {
    return 'another payload under its key'
  }
  if (record.status === 'IN_PROGRESS' && record.leaseUntil === undefined) return 'held without a lease'
  return undefined
}
