import type { LocalQueueFaults } from 'oncekit/testing'
import { fraction } from '../servers/seeded.ts'
import { QUEUE_FAULT_RATES } from './settings.ts'

/** Second deliveries and lost deletions, at their rates; each strikes a message once. */
export function queueFaults(seed: number): LocalQueueFaults {
  const struck = new Set<string>()
  const strikes = (fault: keyof typeof QUEUE_FAULT_RATES, messageId: string): boolean => {
    const identity = `${fault} ${messageId}`
    if (fraction(seed, identity) >= QUEUE_FAULT_RATES[fault] || struck.has(identity)) return false
    struck.add(identity)
    return true
  }
  return {
    deliverTwice: ({ messageId }) => strikes('twice', messageId),
    loseDelete: ({ messageId }) => strikes('lostDelete', messageId),
  }
}
