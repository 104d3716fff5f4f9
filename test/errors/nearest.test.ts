import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nearest } from '../../src/errors/nearest.ts'
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
    ['kye', 'key'],
    ['tlt', 'ttl'],
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

  it('counts letters put in and left out, up to four and two thirds of the name', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(word, word, (one, other) => {
        const most = Math.min(4, (one.length * 2) / 3)
        expect(nearest(one, [other]) !== undefined).toBe(distance(one, other) <= most)
      }),
      { numRuns: 2_000 },
    )
  })

  it('is quick for a long name', () => {
    expect(nearest('fingerprint'.repeat(20_000), known)).toBe(undefined)
  })
})

/** Letters of both that are not in their longest common subsequence, by its textbook table. */
function distance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) =>
    Array.from({ length: b.length + 1 }, (_, j) => (i === 0 ? j : j === 0 ? i : 0)),
  )
  const at = (i: number, j: number) => rows[i]?.[j] ?? Infinity
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? at(i - 1, j - 1) : Infinity
      const row = rows[i]
      if (row) row[j] = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, same)
    }
  }
  return at(a.length, b.length)
}
