import { CfnFunction, type IFunction } from 'aws-cdk-lib/aws-lambda'
import type { Wiring } from '../invariants/wiring.ts'
import { knownNumber, secondsToMs } from './known.ts'

/** Lambda's timeout when a function sets none. */
const DEFAULT_TIMEOUT_SECONDS = 3

/** What is known about a function that exists already; of an imported one nothing. */
export function functionFacts(handler: IFunction): Wiring {
  const resource = handler.node.defaultChild
  if (!(resource instanceof CfnFunction)) return {}
  return {
    timeoutMs: secondsToMs(resource.timeout, DEFAULT_TIMEOUT_SECONDS),
    reservedConcurrency: knownNumber(resource.reservedConcurrentExecutions),
  }
}
