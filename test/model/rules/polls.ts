import { DEAD, DELETED, IN_FLIGHT, VISIBLE } from '../state/values.ts'
import { at, type World } from '../state/world.ts'
import { fits } from './delivery.ts'

/** What a poll may return now. */
export function polls(world: World, free: number): readonly (readonly number[])[] {
  const ready = world.configuration.fifo ? groupHeads(world) : visible(world)
  const found: (readonly number[])[] = []
  if (free === 0) return found
  for (const first of ready) {
    found.push([first])
    if (world.configuration.batchSize < 2) continue
    for (const second of world.configuration.fifo ? after(world, ready, first) : ready) {
      if (second > first && fits(world, [first, second], free)) found.push([first, second])
    }
  }
  return found
}

function visible(world: World): readonly number[] {
  const found: number[] = []
  for (let message = 0; message < world.messages.length; message++) {
    if (isVisible(world, message)) found.push(message)
  }
  return found
}

function isVisible(world: World, message: number): boolean {
  const { state, receives } = at(world.messages, message)
  const { maxReceives } = world.configuration
  return state === VISIBLE && (maxReceives === 0 || receives < maxReceives)
}

/** FIFO: the first unresolved message of every group that has none in flight. */
function groupHeads(world: World): readonly number[] {
  const { messages } = world.configuration
  return visible(world).filter((message) => {
    const { group } = at(messages, message)
    return world.messages.every(({ state }, other) => {
      if (at(messages, other).group !== group) return true
      if (other < message) return state === DELETED || state === DEAD
      return state !== IN_FLIGHT
    })
  })
}

/** FIFO: what may follow `first` in one event: the next of its group, or the head of another. */
function after(world: World, heads: readonly number[], first: number): readonly number[] {
  const { messages } = world.configuration
  const { group } = at(messages, first)
  const next = visible(world).find((message) => message > first && at(messages, message).group === group)
  const others = heads.filter((message) => message !== first)
  return next === undefined ? others : [next, ...others]
}
