import { excuse } from '../invariants.ts'
import { sink, ticksOf, timeByte } from '../state/time.ts'
import { EMPTY, IN_FLIGHT, VISIBLE } from '../state/values.ts'
import type { World } from '../state/world.ts'
import { ageRequests } from './network.ts'
import { isExtensionDue } from './settle.ts'
import type { Rule } from './step.ts'

/**
 * One tick passes for everybody. With hard kill it cannot pass while a sandbox is `grace` beyond its deadline: the
 * kill comes first. A managed process is not starved: it answers by its deadline and extends its leases in time.
 */
export const tick: Rule = (world, step) => {
  const { configuration } = world
  const kills = configuration.hardKill && world.guards['hard-kill']
  const overdue = ({ active, deadline }: { active: number; deadline: number }) =>
    active === 1 && ticksOf(deadline) <= -configuration.grace
  if (kills && world.hosts.some(overdue)) return
  if (configuration.managed) {
    if (world.slots.some((slot) => isExtensionDue(world, slot))) return
    if (world.hosts.some(({ active, deadline }) => active === 1 && ticksOf(deadline) <= 0)) return
  }
  step('time', 'a tick passes', false, () => pass(world))
}

function pass(world: World): void {
  const { floor, configuration } = world
  for (const record of world.records) {
    record.lease = sink(record.lease, floor)
    record.expires = sink(record.expires, floor)
  }
  for (const message of world.messages) {
    if (message.state !== IN_FLIGHT) continue
    if (message.visibility > 0) message.visibility--
    if (message.visibility === 0) message.state = VISIBLE
  }
  for (const host of world.hosts) {
    if (host.active === 1) host.deadline = sink(host.deadline, timeByte(-configuration.grace - 1))
  }
  for (const slot of world.slots) {
    if (slot.pc === EMPTY) continue
    slot.seenLease = sink(slot.seenLease, floor)
    slot.seenExpires = sink(slot.seenExpires, floor)
    if (slot.bound > 0) {
      slot.bound--
      if (slot.bound === 0) world.see('left at its bound')
    }
    if (slot.lease === 0) continue
    slot.lease--
    // Its lease is over with the completion still open: somebody else may make the effect again.
    if (slot.lease === 0) excuse(world, slot)
  }
  ageRequests(world, (byte) => sink(byte, floor))
}
