import { ENDLESS, timeByte } from './time.ts'
import { FAILED, FOREIGN, IN_PROGRESS, POISONED, UNSENT, VISIBLE } from './values.ts'
import { at, recordOf, type World } from './world.ts'

/** Token of the claim that is there from the start. */
const STRANGER = 1

/** The one state from which everything starts: messages in the queue, hosts idle, no record (or a strange one). */
export function initialise(world: World): void {
  const { configuration, budget } = world
  for (const [index, message] of configuration.messages.entries()) {
    const view = at(world.messages, index)
    view.state = message.later === true || message.corrects !== undefined ? UNSENT : VISIBLE
    view.resent = message.resent === true ? 1 : 0
  }
  const { network, crash, duplicate, error, resend, hang } = configuration.faults
  budget.network = network
  budget.crash = crash
  budget.duplicate = duplicate
  budget.error = error
  budget.resend = resend
  budget.hang = hang
  if (configuration.initial !== 'absent') placeRecord(world)
}

function placeRecord(world: World): void {
  const { initial, messages, window } = world.configuration
  const record = recordOf(world, 0)
  const { payload } = at(messages, 0)
  record.owner = STRANGER
  record.fence = 1
  record.highFence = 1
  record.payload = payload
  if (initial === 'foreign') {
    record.status = FOREIGN
    return
  }
  record.expires = timeByte(window)
  if (initial === 'endless lease') {
    record.status = IN_PROGRESS
    record.lease = ENDLESS
    return
  }
  record.status = initial === 'failed' ? FAILED : POISONED
  record.payload = 3 - payload
}
