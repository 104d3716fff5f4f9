import type { IdempotencyRecord } from '../../protocol/record.ts'
import type { HeldClaim } from '../../store/contract.ts'

/** The claim that a record shows. */
export function own({ id, owner, fence, attempts, fingerprint }: IdempotencyRecord): HeldClaim {
  return { id, owner, fence, attempt: attempts, fingerprint }
}

/** A claim of the same id under another owner, whose fence happens to be the same. */
export function strange(record: IdempotencyRecord): HeldClaim {
  return { ...own(record), owner: `not-${record.owner.slice(0, 18)}` }
}
