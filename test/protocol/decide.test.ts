import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import {
  attemptsWith,
  type Decision,
  decide,
  dependsOnClock,
  isClaimable,
} from '../../src/protocol/decide.ts'
import { SCHEMA_VERSION } from '../../src/protocol/names.ts'
import type { IdempotencyRecord } from '../../src/protocol/record.ts'
import { asker, MARGIN, NOW, record, STALE } from './samples.ts'

const STATUSES = ['IN_PROGRESS', 'COMPLETED', 'FAILED', 'POISONED'] as const

test('row "absent": no record is inserted over', () => {
  expect(decide(undefined, asker())).toBe('absent')
})

describe('row "owner is mine"', () => {
  it.each([
    ['IN_PROGRESS', 'own-claim'],
    ['COMPLETED', 'own-completion'],
    ['FAILED', 'busy'],
    ['POISONED', 'poisoned'],
    ['PAUSED', 'unknown'],
  ] as const)('%s is %s', (status, decision) => {
    expect(decide(record({ owner: 'me', status }), asker())).toBe(decision)
  })

  it('comes before payload, lease and window: nothing of it is compared with the clock', () => {
    const past = { fingerprint: 'another', leaseUntil: 0, expiresAt: 0 }
    expect(decide(record({ owner: 'me', ...past }), asker())).toBe('own-claim')
    expect(decide(record({ owner: 'me', status: 'COMPLETED', ...past }), asker())).toBe('own-completion')
  })
})

describe('row "fingerprint differs, not expired"', () => {
  it.each(['IN_PROGRESS', 'COMPLETED'])('%s is a mismatch, before its lease says anything', (status) => {
    const other = record({ status, fingerprint: 'another', leaseUntil: 0 })
    expect(decide(other, asker())).toBe('mismatch')
    expect(decide({ ...other, expiresAt: STALE }, asker())).toBe('mismatch')
  })

  it('is not compared when either side has none', () => {
    const completed = record({ status: 'COMPLETED', fingerprint: 'another' })
    expect(decide(completed, asker({ fingerprint: undefined }))).toBe('duplicate')
    expect(decide({ ...completed, fingerprint: undefined }, asker())).toBe('duplicate')
  })

  it('does not hold where nothing was completed: a corrected message is why one sends again', () => {
    const other = record({ status: 'FAILED', fingerprint: 'another' })
    expect(decide(other, asker())).toBe('retry')
    const given = record({ status: 'POISONED', fingerprint: 'another', poisonedAt: NOW - 60_000 })
    expect(decide(given, asker({ sentAt: NOW - 60_000 + MARGIN + 1 }))).toBe('resent')
    expect(decide(given, asker({ sentAt: NOW - 60_000 }))).toBe('poisoned')
  })

  it('does not hold after the window', () => {
    const old = record({ status: 'COMPLETED', fingerprint: 'another', expiresAt: STALE - 1 })
    expect(decide(old, asker())).toBe('expired')
  })
})

describe('row "COMPLETED, inside its window"', () => {
  it.each([NOW + 1, NOW, STALE])('expiring at %i is a duplicate', (expiresAt) => {
    expect(decide(record({ status: 'COMPLETED', expiresAt }), asker())).toBe('duplicate')
  })
})

describe('row "IN_PROGRESS, lease live (or missing)"', () => {
  it.each([NOW + 1, NOW, STALE, undefined])('with a lease until %s is busy', (leaseUntil) => {
    expect(decide(record({ leaseUntil }), asker())).toBe('busy')
  })

  it('is busy even when its window is over', () => {
    expect(decide(record({ expiresAt: 0 }), asker())).toBe('busy')
  })

  it('without a lease: busy until its window and the margin are over, then claimed anew', () => {
    expect(decide(record({ expiresAt: STALE, leaseUntil: undefined }), asker())).toBe('busy')
    expect(decide(record({ expiresAt: STALE - 1, leaseUntil: undefined }), asker())).toBe('expired')
  })
})

describe('row "IN_PROGRESS, lease + margin past"', () => {
  it('is stuck: taken over', () => {
    expect(decide(record({ leaseUntil: STALE - 1 }), asker())).toBe('takeover')
    expect(decide(record({ leaseUntil: STALE - 1, attempts: 99 }), asker())).toBe('takeover')
  })

  it('is given up instead when it was claimed as often as allowed', () => {
    const stuck = record({ leaseUntil: STALE - 1, attempts: 3 })
    expect(decide(stuck, asker({ maxAttempts: 4 }))).toBe('takeover')
    expect(decide(stuck, asker({ maxAttempts: 3 }))).toBe('exhausted')
    expect(decide(stuck, asker({ maxAttempts: 2 }))).toBe('exhausted')
    expect(decide(record({ attempts: 3 }), asker({ maxAttempts: 3 }))).toBe('busy')
    expect(decide({ ...stuck, fingerprint: 'another' }, asker({ maxAttempts: 3 }))).toBe('mismatch')
  })
})

test('row "FAILED": claimed again', () => {
  expect(decide(record({ status: 'FAILED', leaseUntil: undefined }), asker())).toBe('retry')
})

test.each(['COMPLETED', 'FAILED', 'POISONED'])(
  '%s whose window and margin are past is claimed anew',
  (status) => {
    expect(decide(record({ status, expiresAt: STALE - 1 }), asker())).toBe('expired')
    expect(decide(record({ status, expiresAt: STALE }), asker())).not.toBe('expired')
  },
)

describe('row "POISONED"', () => {
  const poisoned = record({ status: 'POISONED', poisonedAt: NOW - 60_000 })

  it.each([undefined, NOW - 60_000, NOW - 60_000 + MARGIN, NaN])(
    'sent at %s fails without running',
    (sentAt) => {
      expect(decide(poisoned, asker({ sentAt }))).toBe('poisoned')
    },
  )

  it('runs when sent again after it was poisoned and the margin', () => {
    expect(decide(poisoned, asker({ sentAt: NOW - 60_000 + MARGIN + 1 }))).toBe('resent')
  })

  it('fails when nobody knows when it was poisoned', () => {
    expect(decide({ ...poisoned, poisonedAt: undefined }, asker())).toBe('poisoned')
  })
})

describe('row "unknown version or status"', () => {
  it.each([0, SCHEMA_VERSION + 1, NaN])(
    'version %s is unknown in every state, even with my owner',
    (schemaVersion) => {
      for (const status of [...STATUSES, 'PAUSED']) {
        for (const owner of ['me', 'other']) {
          const strange = record({ schemaVersion, status, owner, leaseUntil: 0, expiresAt: 0 })
          expect(decide(strange, asker())).toBe('unknown')
        }
      }
    },
  )

  it('an unknown status is unknown whatever its payload and window', () => {
    for (const changes of [{}, { fingerprint: 'another' }, { expiresAt: 0 }, { leaseUntil: 0 }]) {
      expect(decide(record({ status: 'PAUSED', ...changes }), asker())).toBe('unknown')
    }
  })
})

test('only takeover, retry, expired and resent may write over a record; all but retry rest on the clock', () => {
  const all: Decision[] = [
    ...(['absent', 'own-claim', 'own-completion', 'mismatch', 'duplicate', 'busy'] as const),
    ...(['takeover', 'exhausted', 'retry', 'expired', 'resent', 'poisoned', 'unknown'] as const),
  ]
  const claimable = all.filter(isClaimable)
  expect(claimable).toEqual(['takeover', 'retry', 'expired', 'resent'])
  expect(claimable.filter(dependsOnClock)).toEqual(['takeover', 'expired', 'resent'])
})

test('attempts go on in a takeover and a retry, and start again in a new window', () => {
  const tried = record({ attempts: 4 })
  expect(attemptsWith('takeover', tried)).toBe(5)
  expect(attemptsWith('retry', tried)).toBe(5)
  expect(attemptsWith('expired', tried)).toBe(1)
  expect(attemptsWith('resent', tried)).toBe(1)
})

const times = fc.oneof(
  fc.constantFrom(0, STALE - 1, STALE, STALE + 1, NOW, NOW + 1),
  fc.integer({ min: NOW - 5_000, max: NOW + 5_000 }),
)
const records: fc.Arbitrary<IdempotencyRecord> = fc.record({
  id: fc.constant('test#id'),
  schemaVersion: fc.constantFrom(SCHEMA_VERSION, SCHEMA_VERSION, SCHEMA_VERSION + 1),
  status: fc.constantFrom(...STATUSES, 'PAUSED'),
  owner: fc.constantFrom('me', 'other'),
  fence: fc.nat(),
  attempts: fc.nat(9),
  leaseUntil: fc.option(times, { nil: undefined }),
  expiresAt: times,
  ttl: fc.constant(0),
  fingerprint: fc.constantFrom('payload', 'another', undefined),
  poisonedAt: fc.option(times, { nil: undefined }),
})

test('property: what may be claimed over is never mine, live, completed inside its window, or of unknown layout', () => {
  fc.assert(
    fc.property(records, times, (found, sentAt) => {
      if (!isClaimable(decide(found, asker({ sentAt })))) return
      expect(found.owner).toBe('other')
      expect(found.schemaVersion).toBe(SCHEMA_VERSION)
      expect(STATUSES).toContain(found.status)
      if (found.status === 'IN_PROGRESS') expect(found.leaseUntil ?? found.expiresAt).toBeLessThan(STALE)
      if (found.status === 'COMPLETED') expect(found.expiresAt).toBeLessThan(STALE)
      const completedOrRunning = found.status === 'IN_PROGRESS' || found.status === 'COMPLETED'
      if (completedOrRunning && found.fingerprint === 'another' && found.expiresAt >= STALE)
        expect.unreachable('a mismatch')
    }),
    { numRuns: 5_000 },
  )
})

test('property: time never takes a claimable record back, so a slower clock only ever waits', () => {
  fc.assert(
    fc.property(records, times, fc.nat(10_000), (found, sentAt, later) => {
      const now = isClaimable(decide(found, asker({ sentAt })))
      const then = isClaimable(decide(found, asker({ sentAt, now: NOW + later })))
      if (now) expect(then).toBe(true)
    }),
    { numRuns: 5_000 },
  )
})
