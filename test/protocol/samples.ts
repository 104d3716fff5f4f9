import type { Asker } from '../../src/protocol/decide.ts'
import { SCHEMA_VERSION } from '../../src/protocol/names.ts'
import type { IdempotencyRecord } from '../../src/protocol/record.ts'

export const NOW = 1_800_000_000_000
export const MARGIN = 2_000
/** The last moment that is not past. */
export const STALE = NOW - MARGIN

export function asker(changes: Partial<Asker> = {}): Asker {
  return { owner: 'me', fingerprint: 'payload', now: NOW, marginMs: MARGIN, sentAt: NOW - 500, ...changes }
}

/** A live record of another owner, inside its window. */
export function record(changes: Partial<IdempotencyRecord> = {}): IdempotencyRecord {
  return {
    id: 'test#id',
    schemaVersion: SCHEMA_VERSION,
    status: 'IN_PROGRESS',
    owner: 'other',
    fence: NOW - 60_000,
    attempts: 1,
    leaseUntil: NOW + 10_000,
    expiresAt: NOW + 86_400_000,
    ttl: 0,
    fingerprint: 'payload',
    ...changes,
  }
}
