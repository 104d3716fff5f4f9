import { excuse, excuseClaim } from '../invariants.ts'
import { siblingsOf } from '../protocol/clock.ts'
import { ticksOf } from '../state/time.ts'
import { EMPTY } from '../state/values.ts'
import { at, type World } from '../state/world.ts'
import { slotsOf } from './awake.ts'
import { HOST_NAMES, type Rule } from './step.ts'

/** How a sandbox ends: a crash at any step, the kill at its deadline, or recycled while it is frozen. A managed one only crashes. */
export const ends: Rule = (world, step) => {
  for (let host = 0; host < world.hosts.length; host++) {
    const who = at(HOST_NAMES, host)
    const { active, deadline, compared } = at(world.hosts, host)
    const { managed } = world.configuration
    const remains = slotsOf(world, host).some((slot) => slot.pc !== EMPTY)
    if (active === 0 && !managed) {
      if (remains) step(who, 'is recycled with its remains', false, () => die(world, host))
      else if (compared === 1) step(who, 'is recycled', false, () => die(world, host))
      continue
    }
    if (world.budget.crash > 0 && (active === 1 || remains)) {
      step(who, 'crashes', true, () => {
        world.budget.crash--
        for (const sibling of siblingsOf(world, host)) die(world, sibling)
      })
    }
    if (managed) continue
    if (ticksOf(deadline) <= 0) {
      step(who, 'is killed at its deadline', false, () => {
        world.see('killed at the deadline')
        die(world, host)
      })
    }
  }
}

/** By where the execution stood: every step of its life is a point where the process may end. */
const DEATHS = [
  '',
  'died before the claim',
  'died between look and claim',
  'died after the claim, before the handler',
  'died before its giving back was known',
  'died in the handler',
  'died in a handler that hung',
  'died between effect and completion',
  'died before the release',
  'died before the put of an absent record',
  'died between completion and response',
  'died before it was reported',
] as const

function die(world: World, hostIndex: number): void {
  for (const slot of slotsOf(world, hostIndex)) {
    if (slot.pc === EMPTY) continue
    world.see(at(DEATHS, slot.pc))
    excuse(world, slot)
    excuseClaim(world, slot.key, slot.owner)
    slot.erase()
  }
  const host = at(world.hosts, hostIndex)
  host.compared = 0
  host.active = 0
  host.deadline = 0
  host.first = 0
  host.second = 0
}
