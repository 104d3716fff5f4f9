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

/** Reads an item. What is missing or of another type becomes a value that no decision lets anybody steal. */
export function recordOf(item: Item): MetRecord {
  const fence = number(item['fence'])
  return {
    id: text(item['id']) ?? '',
    // Without a fence nothing can be claimed over it, so its layout is not ours.
    schemaVersion: (fence === undefined ? undefined : number(item['schemaVersion'])) ?? NaN,
    status: text(item['status']) ?? '',
    owner: text(item['owner']) ?? '',
    fence: fence ?? NaN,
    attempts: number(item['attempts']) ?? 0,
    leaseUntil: number(item['leaseUntil']),
    expiresAt: number(item['expiresAt']) ?? Infinity,
    fingerprint: text(item['fingerprint']),
    // Read where it is wanted: a duplicate is skipped without looking at its result.
    get result() {
      return decodeResult(item['result'])
    },
    failure: text(item['failure']),
    poisonedAt: number(item['poisonedAt']),
  }
}

function text(value: AttributeValue | undefined): string | undefined {
  return value?.S
}

function number(value: AttributeValue | undefined): number | undefined {
  return value?.N === undefined ? undefined : Number(value.N)
}
