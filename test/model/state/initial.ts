import { ENDLESS, timeByte } from './time.ts'
import { FOREIGN, IN_PROGRESS, UNSENT, VISIBLE } from './values.ts'
import { at, recordOf, type World } from './world.ts'

/** Token of the claim that is there from the start. */
const STRANGER = 1

/** The one state from which everything starts: messages in the queue, hosts idle, no record (or a strange one). */
export function initialise(world: World): void {
  const { configuration, budget } = world
  for (const [index, message] of configuration.messages.entries()) {
    at(world.messages, index).state = message.later === true ? UNSENT : VISIBLE
  }
  const { network, crash, duplicate, error, resend } = configuration.faults
  budget.network = network
  budget.crash = crash
  budget.duplicate = duplicate
  budget.error = error
  budget.resend = resend
  if (configuration.initial === 'absent') return
  const record = recordOf(world, 0)
  record.owner = STRANGER
  record.fence = 1
  record.highFence = 1
  record.attempts = 1
  record.payload = at(configuration.messages, 0).payload
  if (configuration.initial === 'foreign') {
    record.status = FOREIGN
    return
  }
  record.status = IN_PROGRESS
  record.lease = ENDLESS
  record.expires = timeByte(configuration.window)
}
