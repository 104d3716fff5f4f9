import type { Configuration } from '../configuration.ts'
import type { Guards } from '../guards.ts'
import { twinsOf } from './symmetry.ts'
import type { BudgetView, HostView, LateView, MessageView, RecordView, SlotView } from './things.ts'
import { FIELDS, VIEWS } from './things.ts'
import { floorOf } from './time.ts'

/** The state that rules look at and change, with the configuration and the guards that are on. */
export interface World {
  readonly configuration: Configuration
  readonly guards: Guards
  /** Length is a multiple of 4. */
  readonly bytes: Uint8Array
  readonly records: readonly RecordView[]
  readonly messages: readonly MessageView[]
  readonly hosts: readonly HostView[]
  /** Host `h` owns `slotsPerHost` slots from `h * slotsPerHost`. */
  readonly slots: readonly SlotView[]
  readonly late: readonly LateView[]
  readonly budget: BudgetView
  /** Offsets of the fields that hold owner tokens. */
  readonly tokenFields: readonly number[]
  /** Offsets of the first host and of the first slot. */
  readonly hostBase: number
  readonly slotBase: number
  /** Hosts that are alike, in pairs. */
  readonly twins: readonly (readonly [number, number])[]
  /** Lowest byte of a time. */
  readonly floor: number
  /** The invariant that the current step has broken. */
  broken: string | undefined
  /** Counts a rare event of the current step. */
  see(event: string): void
}

export function makeWorld(configuration: Configuration, guards: Guards, see: (event: string) => void): World {
  let size = 0
  const bases: { kind: keyof typeof FIELDS; base: number }[] = []
  const place = (kind: keyof typeof FIELDS, count: number) => {
    for (let index = 0; index < count; index++) {
      bases.push({ kind, base: size })
      size += FIELDS[kind].length
    }
  }
  place('record', configuration.keys)
  place('message', configuration.messages.length)
  place('host', configuration.skews.length)
  place('slot', configuration.skews.length * configuration.slotsPerHost)
  place('late', configuration.faults.late)
  place('budget', 1)
  const bytes = new Uint8Array(Math.ceil(size / 4) * 4)
  const tokenFields: number[] = []
  for (const { kind, base } of bases) {
    for (const [index, field] of FIELDS[kind].entries()) {
      if (field === 'owner' || field === 'seenOwner') tokenFields.push(base + index)
    }
  }
  const at = (kind: keyof typeof FIELDS) => bases.filter((place) => place.kind === kind)
  const budgets = at('budget').map(({ base }) => new VIEWS.budget(bytes, base))
  return {
    configuration,
    guards,
    bytes,
    records: at('record').map(({ base }) => new VIEWS.record(bytes, base)),
    messages: at('message').map(({ base }) => new VIEWS.message(bytes, base)),
    hosts: at('host').map(({ base }) => new VIEWS.host(bytes, base)),
    slots: at('slot').map(({ base }) => new VIEWS.slot(bytes, base)),
    late: at('late').map(({ base }) => new VIEWS.late(bytes, base)),
    budget: budgets[0] ?? new VIEWS.budget(bytes, 0),
    tokenFields,
    hostBase: at('host')[0]?.base ?? 0,
    slotBase: at('slot')[0]?.base ?? 0,
    twins: twinsOf(configuration),
    floor: floorOf(configuration),
    broken: undefined,
    see,
  }
}

/** The element, which exists: indices come from the configuration that the arrays were built from. */
export function at<T>(things: readonly T[], index: number): T {
  const thing = things[index]
  if (thing === undefined) throw new RangeError(`no element ${index} of ${things.length}`)
  return thing
}

export function recordOf(world: World, key: number): RecordView {
  return at(world.records, key)
}

/** An owner token that nothing in the state mentions. */
export function freshToken(world: World): number {
  let used = 1
  for (const offset of world.tokenFields) used |= 1 << (world.bytes[offset] ?? 0)
  let token = 1
  while ((used & (1 << token)) !== 0) token++
  return token
}
