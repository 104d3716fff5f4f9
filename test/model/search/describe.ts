import { ENDLESS, NONE, ticksOf } from '../state/time.ts'
import {
  ABSENT,
  EMPTY,
  IN_FLIGHT,
  MESSAGE_NAMES,
  NO_REQUEST,
  PC_NAMES,
  REQUEST_NAMES,
  STATUS_NAMES,
} from '../state/values.ts'
import { at, type World } from '../state/world.ts'

/** A state in words, one line per thing that is not at rest. */
export function describe(world: World): readonly string[] {
  return [...records(world), ...messages(world), ...hosts(world), ...late(world)]
}

function records(world: World): readonly string[] {
  return world.records.map((record, key) => {
    const name = `record ${key + 1}`
    const effects = `effects ${record.effects}, excused ${record.excused}`
    if (record.status === ABSENT) return `${name}: absent; ${effects}`
    const lease = record.lease === NONE ? '' : `, lease ${time(record.lease)}`
    const status = at(STATUS_NAMES, record.status)
    return `${name}: ${status}, owner ${record.owner}, fence ${record.fence}${lease}, window ${time(record.expires)}; ${effects}`
  })
}

function messages(world: World): readonly string[] {
  return world.messages.map(({ state, receives, visibility }, index) => {
    const left = state === IN_FLIGHT ? `, visible in ${visibility}` : ''
    const received = receives > 0 ? `, received ${receives} times` : ''
    return `message ${index + 1}: ${at(MESSAGE_NAMES, state)}${left}${received}`
  })
}

function hosts(world: World): readonly string[] {
  const { slotsPerHost, skews } = world.configuration
  const lines: string[] = []
  for (const [index, host] of world.hosts.entries()) {
    const slots = world.slots.slice(index * slotsPerHost, (index + 1) * slotsPerHost)
    const busy = slots.filter((slot) => slot.pc !== EMPTY)
    if (host.active === 0 && busy.length === 0) continue
    const compared = host.compared === 1 ? ', corrected' : ''
    const clock = at(skews, index) === 0 ? '' : ` (clock ${signed(at(skews, index))}${compared})`
    const idle = world.configuration.managed ? 'idle' : 'frozen'
    const state = host.active === 1 ? `deadline ${time(host.deadline)}` : idle
    const executions = busy.map((slot) => {
      const kind = slot.detached === 1 ? 'left behind: ' : ''
      const claim = slot.fence > 0 ? ` fence ${slot.fence}` : ''
      const lease = slot.lease > 0 ? `, lease ${slot.lease - 1} left` : ''
      return `${kind}key ${slot.key + 1} ${at(PC_NAMES, slot.pc)}, token ${slot.owner}${claim}${lease}`
    })
    lines.push(`host ${index + 1}${clock}: ${state}; ${executions.join('; ')}`)
  }
  return lines
}

function late(world: World): readonly string[] {
  return world.late
    .filter(({ kind }) => kind !== NO_REQUEST)
    .map(
      ({ kind, key, owner }) => `on its way: ${at(REQUEST_NAMES, kind)} for key ${key + 1}, owner ${owner}`,
    )
}

function time(byte: number): string {
  if (byte === NONE) return 'none'
  if (byte === ENDLESS) return 'endless'
  const ticks = ticksOf(byte)
  return ticks < 0 ? `over for ${-ticks}` : `${ticks} left`
}

function signed(ticks: number): string {
  return ticks > 0 ? `+${ticks}` : `${ticks}`
}
