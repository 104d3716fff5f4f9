import fc from 'fast-check'
import { expect, test } from 'vitest'
import { leaseEnd, marginOf, ttlSeconds } from '../../src/protocol/windows.ts'

const HOUR_MS = 3_600_000
const epochMs = fc.integer({ min: 0, max: 4_102_444_800_000 })

test('ttl is whole epoch seconds, rounded up, one hour after the logical expiry', () => {
  expect(ttlSeconds(1_800_000_000_000)).toBe(1_800_003_600)
  expect(ttlSeconds(1_800_000_000_001)).toBe(1_800_003_601)
})

test('property: DynamoDB deletes only after the logical expiry, and less than a second later than said', () => {
  fc.assert(
    fc.property(epochMs, (expiresAt) => {
      const ttl = ttlSeconds(expiresAt)
      expect(Number.isInteger(ttl)).toBe(true)
      expect(ttl * 1000).toBeGreaterThanOrEqual(expiresAt + HOUR_MS)
      expect(ttl * 1000).toBeLessThan(expiresAt + HOUR_MS + 1000)
    }),
  )
})

test('a lease ends when the invocation does, plus the grace; no time left is no time back', () => {
  expect(leaseEnd(1_000, 30_000, 1_000)).toBe(32_000)
  expect(leaseEnd(1_000, 0, 1_000)).toBe(2_000)
  expect(leaseEnd(1_000, -500, 1_000)).toBe(2_000)
  expect(leaseEnd(1_000.5, 0.25, 0)).toBe(1_001)
})

test('the margin covers the clock error of both hosts', () => {
  expect(marginOf(1_000)).toBe(2_000)
})
