import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nearest } from '../../src/options/nearest.ts'
import { OPTION_RULES } from '../../src/options/rules.ts'

const known = Object.keys(OPTION_RULES)

describe('the nearest known name', () => {
  it.each([
    ['tll', 'ttl'],
    ['TTL', 'ttl'],
    ['tabel', 'table'],
    ['namspace', 'namespace'],
    ['nameSpace', 'namespace'],
    ['fingreprint', 'fingerprint'],
    ['concurency', 'concurrency'],
    ['maxAttempt', 'maxAttempts'],
    ['onStoreUnavailble', 'onStoreUnavailable'],
    ['clockErrorSec', 'clockErrorMs'],
    ['keys', 'key'],
  ])('of %s is %s', (name, meant) => {
    expect(nearest(name, known)).toBe(meant)
  })

  it.each(['', 'x', 'retry', 'busy', 'visibilityTimeout', 'deadLetterQueueUrl', 'expiresAfterSeconds'])(
    'of %j is none: nothing is near enough',
    (name) => {
      expect(nearest(name, known)).toBeUndefined()
    },
  )

  it('is the one with the fewest steps, not the first within reach', () => {
    expect(nearest('ab', ['abc', 'ab'])).toBe('ab')
    expect(nearest('abcdef', ['abcxyz', 'abcdxf'])).toBe('abcdxf')
  })

  it('counts two swapped neighbours as one step', () => {
    expect(nearest('ba', ['ab'])).toBe('ab')
  })

  it('agrees with the definition of the distance, up to three steps', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 6, maxLength: 8 })
    fc.assert(
      fc.property(word, word, (one, other) => {
        expect(nearest(one, [other]) !== undefined).toBe(distance(one, other) <= 3)
      }),
      { numRuns: 2_000 },
    )
  })

  it('is quick for a long name', () => {
    const long = 'fingerprint'.repeat(20_000)
    expect(nearest(long, [long.slice(4), `${long}xxxxx`])).toBe(undefined)
  })
})

/** Optimal string alignment by its textbook table. */
function distance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) =>
    Array.from({ length: b.length + 1 }, (_, j) => (i === 0 ? j : j === 0 ? i : 0)),
  )
  const at = (i: number, j: number) => rows[i]?.[j] ?? Number.POSITIVE_INFINITY
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const replace = at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const swap = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? at(i - 2, j - 2) + 1 : replace
      const row = rows[i]
      if (row) row[j] = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, replace, swap)
    }
  }
  return at(a.length, b.length)
}
