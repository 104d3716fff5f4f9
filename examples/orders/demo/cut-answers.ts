import type { FaultPlan } from '../../../test/servers/fault-plan.ts'
import type { DemoFaults } from './fault-plan.ts'
import { recordId } from './records.ts'
import { FUNCTION_NAME } from './settings.ts'

const WRITES = new Set(['BatchExecuteStatement', 'PutItem', 'UpdateItem'])
const RECORD_ID = new RegExp(`${FUNCTION_NAME}#[A-Za-z0-9_-]{43}`, 'g')

/** The proxy's plan: loses the answer to the write of an order that the seed names. */
export function cutAnswers(faults: DemoFaults, orderIds: readonly string[]): FaultPlan {
  const cuts = new Map(orderIds.map((orderId) => [recordId(orderId), faults.cut(orderId)]))
  const writes = new Map<string, number>()
  return ({ operation, body }) => {
    if (!WRITES.has(operation)) return undefined
    let kind: 'drop-answer' | 'error-after-apply' | undefined
    for (const id of new Set(body.toString('latin1').match(RECORD_ID))) {
      const write = (writes.get(id) ?? 0) + 1
      writes.set(id, write)
      const cut = cuts.get(id)
      if (cut?.write === write) kind ??= cut.kind
    }
    return kind && { kind }
  }
}
