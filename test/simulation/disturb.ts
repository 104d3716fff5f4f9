import { deriveId } from '../../src/protocol/key.ts'
import type { Batch } from './batch.ts'
import type { Simulation } from './simulation.ts'

/** The record id of an idempotency key, as the table knows it. */
export function recordId(key: string): string {
  const id = deriveId('orders', key)
  if (typeof id !== 'string') throw new Error(`no id for ${key}`)
  return id
}

/**
 * What others do to the records of a batch just before or while it runs: DynamoDB's time to live, an operator who
 * deletes, a function of another version, a tool that hands a claim to somebody else.
 */
export function disturb(simulation: Simulation, batch: Batch): void {
  const { world, rates, scenario } = simulation
  if (scenario.ttlDeletes) deleteByTtl(simulation)
  const record = batch.records[0]
  if (record === undefined) return
  const id = simulation.idOf(record.message.plan.key)
  const soon = () => world.random.below(scenario.timeoutMs)
  if (world.random.chance(rates.deleteRecord)) {
    world.after(soon(), undefined, () => {
      if (!simulation.state.table.items.has(id)) return
      world.coverage.hit('recordDeleted')
      change(simulation, id, 'deleted', undefined)
    })
  }
  if (world.random.chance(rates.dropLease)) {
    world.after(soon(), undefined, () => dropLease(simulation, id))
  }
  if (world.random.chance(rates.changeHands))
    world.after(soon(), undefined, () => changeHands(simulation, id))
  if (world.random.chance(rates.foreignRecord))
    world.after(soon(), undefined, () => makeForeign(simulation, id))
}

function deleteByTtl(simulation: Simulation): void {
  const { world, state } = simulation
  for (const [id, item] of state.table.items) {
    if (Number(item['ttl']?.N) * 1000 >= world.time) continue
    world.coverage.hit('ttlDeletion')
    change(simulation, id, 'deleted by time to live', undefined)
  }
}

/** A record in progress that nobody knows the end of: its window is. */
function dropLease(simulation: Simulation, id: string): void {
  const item = simulation.state.table.items.get(id)
  if (item === undefined || item['status']?.S !== 'IN_PROGRESS') return
  const { leaseUntil: _, ...endless } = item
  simulation.world.coverage.hit('leaseDropped')
  change(simulation, id, 'left without a lease', endless)
}

/** Owner and fence guard one another; each must be asked for on its own. */
function changeHands(simulation: Simulation, id: string): void {
  const item = simulation.state.table.items.get(id)
  if (item === undefined || item['status']?.S !== 'IN_PROGRESS') return
  // Before its handler runs, a claim that finds itself again under another fence would take that for its own.
  if (!simulation.checker.executions.isHeld(id, Number(item['fence']?.N))) return
  if (simulation.world.random.chance(500)) {
    change(simulation, id, 'given another owner', { ...item, owner: { S: 'somebody else' } })
    return
  }
  change(simulation, id, 'given another fence', {
    ...item,
    fence: { N: String(Number(item['fence']?.N) + 1) },
  })
}

function makeForeign(simulation: Simulation, id: string): void {
  const item = simulation.state.table.items.get(id)
  if (item === undefined) return
  const claimed = {
    ...item,
    owner: { S: 'another version' },
    fence: { N: String(Number(item['fence']?.N) + 1) },
  }
  const foreign = simulation.world.random.chance(500)
    ? { ...claimed, schemaVersion: { N: '2' } }
    : { ...claimed, status: { S: 'SUSPENDED' } }
  change(simulation, id, 'claimed by another version', foreign)
}

function change(
  simulation: Simulation,
  id: string,
  how: string,
  item: Parameters<typeof simulation.state.table.replace>[1],
): void {
  const { world, state, checker } = simulation
  if (world.trace !== undefined) world.say(`record ${simulation.keyOf(id)} is ${how}`)
  world.note(5, id.length)
  checker.disturbed(id, item, how !== 'deleted by time to live')
  state.table.replace(id, item)
}
