import type { AttributeValue } from '@aws-sdk/client-dynamodb'

/** An item as DynamoDB's low-level protocol writes it. Never changed in place: a write makes a new one. */
export type Item = Readonly<Record<string, AttributeValue>>

export type Values = Readonly<Record<string, AttributeValue>>
export type Names = Readonly<Record<string, string>>

/** What the checker needs of an item, read without the code under test. */
export interface View {
  readonly status: string
  readonly owner: string
  readonly fence: number
  readonly attempts: number
  readonly leaseUntil: number | undefined
  readonly expiresAt: number
  readonly ttl: number
  readonly fingerprint: string | undefined
  readonly poisonedAt: number | undefined
  readonly schemaVersion: number
}

export function viewOf(item: Item): View {
  return {
    status: item['status']?.S ?? '',
    owner: item['owner']?.S ?? '',
    fence: numberOf(item['fence']) ?? NaN,
    attempts: numberOf(item['attempts']) ?? NaN,
    leaseUntil: numberOf(item['leaseUntil']),
    expiresAt: numberOf(item['expiresAt']) ?? NaN,
    ttl: numberOf(item['ttl']) ?? NaN,
    fingerprint: item['fingerprint']?.S,
    poisonedAt: numberOf(item['poisonedAt']),
    schemaVersion: numberOf(item['schemaVersion']) ?? NaN,
  }
}

function numberOf(value: AttributeValue | undefined): number | undefined {
  return value?.N === undefined ? undefined : Number(value.N)
}

/** Equal in type and value; what is missing equals nothing. */
export function equals(one: AttributeValue | undefined, other: AttributeValue | undefined): boolean {
  if (one === undefined || other === undefined) return false
  if (one.S !== undefined) return one.S === other.S
  if (one.N !== undefined) return other.N !== undefined && Number(one.N) === Number(other.N)
  throw new Error(`the simulated table compares strings and numbers, not ${JSON.stringify(one)}`)
}

/** Below zero, zero or above; `undefined` when the types differ or one is missing: such a comparison is false. */
export function compare(
  one: AttributeValue | undefined,
  other: AttributeValue | undefined,
): number | undefined {
  if (one?.N !== undefined && other?.N !== undefined) return Number(one.N) - Number(other.N)
  if (one?.S !== undefined && other?.S !== undefined) return one.S < other.S ? -1 : one.S > other.S ? 1 : 0
  return undefined
}
