import { DEAD, DELETED, EMPTY, IN_FLIGHT, POISONED, UNSENT, VISIBLE } from '../state/values.ts'
import { at, recordOf, type World } from '../state/world.ts'
import { slotsOf } from './awake.ts'
import { deliver, fits } from './delivery.ts'
import { polls } from './polls.ts'
import { HOST_NAMES, type Rule, type Step } from './step.ts'

/** SQS and its poller: sends, receives (an invocation starts), duplicate deliveries, dead-lettering, resends. */
export const queue: Rule = (world, step) => {
  const { configuration, messages, budget } = world
  for (let message = 0; message < messages.length; message++) {
    const view = at(messages, message)
    if (view.state === UNSENT) send(world, step, message)
    if (
      view.state === VISIBLE &&
      configuration.maxReceives > 0 &&
      view.receives >= configuration.maxReceives
    ) {
      step('queue', `message ${message + 1} is dead-lettered`, false, () => {
        world.see('dead letter')
        view.state = DEAD
        view.receives = 0
      })
    }
    const record = recordOf(world, at(configuration.messages, message).key)
    if (view.state === DEAD && budget.resend > 0 && record.status === POISONED) {
      step('operator', `message ${message + 1} is sent again`, false, () => {
        world.see('resent after poison')
        budget.resend--
        view.state = VISIBLE
        view.resent = 1
      })
    }
  }
  for (let host = 0; host < world.hosts.length; host++) {
    if (at(world.hosts, host).active === 1) continue
    const free = slotsOf(world, host).filter((slot) => slot.pc === EMPTY).length
    for (const event of polls(world, free)) {
      step(at(HOST_NAMES, host), `receives message ${event.map((m) => m + 1).join(' and ')}`, false, () => {
        deliver(world, host, event)
      })
    }
    if (budget.duplicate > 0 && free > 0) duplicates(world, step, host, free)
  }
}

/** A message is sent for the first time; one that corrects another only once that has been given up. */
function send(world: World, step: Step, message: number): void {
  const view = at(world.messages, message)
  const { key, corrects } = at(world.configuration.messages, message)
  if (corrects === undefined) {
    step('queue', `message ${message + 1} is sent`, false, () => {
      view.state = VISIBLE
    })
    return
  }
  if (at(world.messages, corrects).state !== DEAD || recordOf(world, key).status !== POISONED) return
  step('operator', `message ${message + 1} is sent instead of message ${corrects + 1}`, false, () => {
    view.state = VISIBLE
    view.resent = 1
  })
}

/** Standard queues: a message in flight or just deleted is delivered once more, or twice in one event. */
function duplicates(world: World, step: Step, host: number, free: number): void {
  for (let message = 0; message < world.messages.length; message++) {
    const { state } = at(world.messages, message)
    if (state !== IN_FLIGHT && state !== DELETED && state !== VISIBLE) continue
    const who = at(HOST_NAMES, host)
    if (state !== VISIBLE) {
      step(who, `receives a duplicate of message ${message + 1}`, true, () => {
        world.see('duplicate delivery')
        world.budget.duplicate--
        deliver(world, host, [message])
      })
    } else if (world.configuration.batchSize > 1 && fits(world, [message, message], free)) {
      step(who, `receives message ${message + 1} twice in one event`, true, () => {
        world.see('duplicate in one event')
        world.budget.duplicate--
        deliver(world, host, [message, message])
      })
    }
  }
}
