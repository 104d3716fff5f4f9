import type { View } from '../dynamodb/item.ts'

const START = 1_700_000_000_000

/** A record in a line of the trace; times count from the start of the seed. */
export function describeRecord(view: View | undefined): string {
  if (view === undefined) return 'absent'
  const lease = view.leaseUntil === undefined ? '' : ` until ${view.leaseUntil - START}`
  return `${view.status} by ${view.owner.replaceAll('.', '')}, fence ${view.fence - START}, attempt ${view.attempts}${lease}`
}
