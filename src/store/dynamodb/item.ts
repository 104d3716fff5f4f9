import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { MetRecord } from '../../protocol/record.ts'
import { decodeResult } from './stored-result.ts'

export type Item = Record<string, AttributeValue>

export const s = (value: string): AttributeValue => ({ S: value })
export const n = (value: number): AttributeValue => ({ N: String(value) })

/** A value in the form of the wire. */
export function attributeOf(value: string | number | Uint8Array): AttributeValue {
  if (typeof value === 'string') return s(value)
  return typeof value === 'number' ? n(value) : { B: value }
}

/** A record as an item holds it. A class, because it is made per message and most never ask for the result. */
class ItemRecord implements MetRecord {
  // Declared only: a field that is defined too would be set twice.
  declare readonly id: string
  declare readonly schemaVersion: number
  declare readonly status: string
  declare readonly owner: string
  declare readonly fence: number
  declare readonly attempts: number
  declare readonly leaseUntil: number | undefined
  declare readonly expiresAt: number
  declare readonly fingerprint: string | undefined
  declare readonly failure: string | undefined
  declare readonly poisonedAt: number | undefined
  #result: AttributeValue | undefined

  constructor(item: Item) {
    const fence = number(item['fence'])
    this.id = item['id']?.S ?? ''
    // Without a fence nothing can be claimed over it, so its layout is not ours.
    this.schemaVersion = (fence === undefined ? undefined : number(item['schemaVersion'])) ?? NaN
    this.status = item['status']?.S ?? ''
    this.owner = item['owner']?.S ?? ''
    this.fence = fence ?? NaN
    this.attempts = number(item['attempts']) ?? 0
    this.leaseUntil = number(item['leaseUntil'])
    this.expiresAt = number(item['expiresAt']) ?? Infinity
    this.fingerprint = item['fingerprint']?.S
    this.failure = item['failure']?.S
    this.poisonedAt = number(item['poisonedAt'])
    this.#result = item['result']
  }

  get result(): string | undefined {
    return decodeResult(this.#result)
  }
}

/** The attributes that a record is read from. */
export const READ_ATTRIBUTES: readonly string[] = [...Object.keys(new ItemRecord({})), 'result']

/** Reads an item. What is missing or of another type becomes a value that no decision lets anybody steal. */
export function recordOf(item: Item): MetRecord {
  return new ItemRecord(item)
}

function number(value: AttributeValue | undefined): number | undefined {
  return value?.N === undefined ? undefined : Number(value.N)
}
