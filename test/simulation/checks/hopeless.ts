import { createHash } from 'node:crypto'
import { viewOf } from '../dynamodb/item.ts'
import type { Message } from '../queue.ts'
import type { Simulation } from '../simulation.ts'

/** Why a message rightly never gets through, though no fault is left; `undefined`: it should. */
export function hopelessness(simulation: Simulation, message: Message): string | undefined {
  const own = ownReason(simulation, message)
  if (own !== undefined || !simulation.scenario.fifo) return own
  const behind = behindWhom(simulation, message)
  if (behind !== undefined) return `behind ${behind}`
  // One of the same key that waits behind such a one is claimed at each of its deliveries, and not run: until the queue
  // gives that one up, the key is held (docs/proof.md, Open).
  for (const other of simulation.queue.messages) {
    if (other === message || other.state !== 'queued' || other.plan.key !== message.plan.key) continue
    if (behindWhom(simulation, other) !== undefined) return `its key is held by ${other.plan.id}`
  }
  return undefined
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
  if (record.status === 'POISONED') return 'given up'
  if (!['IN_PROGRESS', 'COMPLETED', 'FAILED'].includes(record.status)) return 'an unknown status'
  const offered = createHash('sha256').update(message.plan.body).digest('base64url')
  if (scenario.fingerprint && record.fingerprint !== undefined && record.fingerprint !== offered) {
    return 'another payload under its key'
  }
  return undefined
}
