import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ConfigError } from '../../src/errors/config-error.ts'
import { assertWindow, DEFAULT_RETENTION_MS, windowWarning } from '../../src/options/window.ts'

describe('the deduplication window', () => {
  it('may be exactly as long as lease and margin, and not a millisecond shorter', () => {
    expect(() => assertWindow(903_000, 901_000, 2_000)).not.toThrow()
    expect(() => assertWindow(902_999, 901_000, 2_000)).toThrow(ConfigError)
    fc.assert(
      fc.property(fc.nat(1e9), fc.nat(1e9), fc.nat(1e6), (ttlMs, leaseMs, marginMs) => {
        let refused = false
        try {
          assertWindow(ttlMs, leaseMs, marginMs)
        } catch {
          refused = true
        }
        expect(refused).toBe(ttlMs < leaseMs + marginMs)
      }),
    )
  })

  it('when too short says how long it is and how long it must be', () => {
    expect(() => assertWindow(60_000, 58_000, 2_500)).toThrow(
      'The window (ttl) is 60s. Allowed: at least the lease and its margin, 60.5s.',
    )
  })

  it('shorter than SQS’s default retention is warned about, when keys are message ids', () => {
    expect(windowWarning(DEFAULT_RETENTION_MS - 1, undefined)).toContain('345599.999s')
    expect(windowWarning(86_400_000, undefined)).toContain(
      'The window (ttl) is 86400s, but SQS keeps messages for 4 days',
    )
    expect(windowWarning(DEFAULT_RETENTION_MS, undefined)).toBeUndefined()
  })

  it('is not warned about from a day on when the user chose the key: nobody knows how long that one must live', () => {
    expect(windowWarning(86_400_000, () => 'key')).toBeUndefined()
  })

  it.each([
    ['message ids', undefined],
    ['keys of the user’s own', () => 'key'],
  ])('of less than a day is warned about, with %s: 14 was meant to be days', (_name, key) => {
    expect(windowWarning(86_399_999, key)).toContain('86399.999s, less than a day')
    expect(windowWarning(14_000, key)).toBe(
      'The window (ttl) is 14s, less than a day: what SQS brings back later runs again. A number is seconds: write days as "14d".',
    )
  })
})
