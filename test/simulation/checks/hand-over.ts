import type { Host } from '../host.ts'
import type { Checker } from './checker.ts'
import { judgeOwnLease } from './own-lease.ts'

/** What a handler of the whole batch is given must be held, and there must be time for it. */
export function judgeHandOver(
  checker: Checker,
  host: Host,
  records: readonly { readonly receiptHandle: string }[],
): void {
  const { simulation } = checker
  const { world, scenario } = simulation
  for (const { receiptHandle } of records) {
    const [batchNumber = -1, index = -1] = receiptHandle.split(':').map(Number)
    const invocation = checker.invocations.get(batchNumber)
    const message = invocation?.batch.records[index]?.message
    if (invocation === undefined || message === undefined) continue
    const { plan } = message
    const stopAt = invocation.deadline - scenario.deadlineReserveMs
    if (scenario.environment !== 'open' && world.time > stopAt) {
      world.fail('deadline', `${plan.id} was handed over inside the reserve`)
    }
    const claim = checker.book.in(simulation.idOf(plan.key), host, batchNumber)
    if (claim === undefined) continue
    claim.handedOver = true
    judgeOwnLease(checker, claim, invocation, plan.id)
  }
}
