import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { digest } from '../../src/protocol/digest.ts'
import { fingerprintOfPayload } from '../../src/protocol/fingerprint.ts'

const RUNS = { numRuns: 2_000 }

test('the fingerprint of a body is the SHA-256 of its raw text: one space more is another payload', () => {
  expect(digest('{"a":1}')).toBe('AVq9f1zFei3ZS3WQ8ErYCEJzkF7jPsXOvq5iJ2qX-GI')
  expect(digest('{"a":1}')).not.toBe(digest('{"a": 1}'))
})

describe('the fingerprint of a payload', () => {
  it('tells apart what looks alike', () => {
    const alike: unknown[] = [
      ...[
        undefined,
        null,
        'undefined',
        'null',
        0,
        '0',
        false,
        'false',
        '',
        [],
        {},
        [[]],
        [{}],
        { 0: 'a' },
        ['a'],
      ],
      ...[
        { a: { b: 1 } },
        { a: [['b', 1]] },
        [['a', 1]],
        { a: 1 },
        { a: '1' },
        { '\u0000object': [['a', 1]] },
      ],
    ]
    expect(new Set(alike.map(fingerprintOfPayload)).size).toBe(alike.length)
  })

  it('sees a key called __proto__ and keys that look like numbers', () => {
    const hostile: unknown = JSON.parse('{"__proto__":{"admin":true}}')
    expect(fingerprintOfPayload(hostile)).not.toBe(fingerprintOfPayload({}))
    expect(fingerprintOfPayload({ b: 1, 10: 2, 9: 3 })).toBe(fingerprintOfPayload({ 9: 3, b: 1, 10: 2 }))
  })

  it('refuses what cannot be written as JSON', () => {
    const cycle: unknown[] = []
    cycle.push(cycle)
    expect(() => fingerprintOfPayload(cycle)).toThrow(TypeError)
    expect(() => fingerprintOfPayload({ amount: 1n })).toThrow(TypeError)
  })
})

test('property: the order of keys does not matter, at any depth', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(fingerprintOfPayload(reversed(value))).toBe(fingerprintOfPayload(value))
    }),
    RUNS,
  )
})

test('property: two payloads have one fingerprint only if they are equal but for the order of keys', () => {
  const small = fc.jsonValue({ maxDepth: 2, depthSize: 'small' })
  fc.assert(
    fc.property(small, small, (a, b) => {
      expect(fingerprintOfPayload(a) === fingerprintOfPayload(b)).toBe(canonical(a) === canonical(b))
    }),
    RUNS,
  )
})

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).reverse()
  return Object.fromEntries(entries.map(([name, inner]) => [name, reversed(inner)]))
}

/** A text that is the same exactly for equal values; written in another way than the code under test. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const names = Object.keys(value).sort()
  const inner = new Map(Object.entries(value))
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(inner.get(name))}`).join()}}`
}
