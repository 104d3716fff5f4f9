import type { CallContext } from '../contract.ts'
import { backOff } from './back-off.ts'
import type { Connection } from './connection.ts'
import { isConditionFailure, isMisconfigured, isPassing, telling } from './failures.ts'

/** Attempts of a failure that nobody knows. */
const UNKNOWN_TRIES = 4

/** Whether to try again after so many attempts: what is known to pass until the deadline, the rest a few times. */
export function isWorthwhile(failure: unknown, tries: number): boolean {
  if (isMisconfigured(failure) || isConditionFailure(failure)) return false
  return tries < UNKNOWN_TRIES || isPassing(failure)
}

/** Asks until there is an answer, a failure that waiting does not cure, or no time. Rejects with the last failure. */
export async function persist<Answer>(
  connection: Connection,
  { deadline }: CallContext,
  ask: () => Promise<Answer>,
): Promise<Answer> {
  let failed: unknown
  for (let tries = 1; ; tries++) {
    try {
      return await ask()
    } catch (error) {
      failed = telling(failed, error)
      if (!isWorthwhile(error, tries) || !(await backOff(connection.runtime, tries, deadline, error)))
        throw failed
    }
  }
}
