import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { digest } from '../../src/protocol/digest.ts'
import { fingerprintOfPayload } from '../../src/protocol/fingerprint.ts'

const RUNS = { numRuns: 2_000 }

test('the digest of a text with lone surrogates is its own, and never that of a well-formed text', () => {
  const alike = ['\ud800', '\ud801', '\udc00\ud800', '\ufffd', '\uffff\ud800', '"\\ud800"', 'a', 'a\ud800']
  expect(new Set(alike.map(digest)).size).toBe(alike.length)
})

test('the fingerprint of a body is the SHA-256 of its raw text: one space more is another payload', () => {
  expect(digest('{"a":1}')).toBe('AVq9f1zFei3ZS3WQ8ErYCEJzkF7jPsXOvq5iJ2qX-GI')
  expect(digest('{"a":1}')).not.toBe(digest('{"a": 1}'))
})

describe('the fingerprint of a payload', () => {
  it('tells apart what looks alike', () => {
    const alike: unknown[] = [
      ...[null, 'undefined', 'null', 0, '0', false, 'false', '', [], {}, [[]], [{}], { 0: 'a' }, ['a']],
      ...[
        { a: { b: 1 } },
        { a: [['b', 1]] },
        [['a', 1]],
        { a: 1 },
        { a: '1' },
        { '\u0000object': [['a', 1]] },
      ],
    ]
    expect(new Set(alike.map((one) => fingerprintOfPayload(one))).size).toBe(alike.length)
  })

  it('sees a key called __proto__ and keys that look like numbers', () => {
    const hostile: unknown = JSON.parse('{"__proto__":{"admin":true}}')
    expect(fingerprintOfPayload(hostile)).not.toBe(fingerprintOfPayload({}))
    expect(fingerprintOfPayload({ b: 1, 10: 2, 9: 3 })).toBe(fingerprintOfPayload({ 9: 3, b: 1, 10: 2 }))
  })

  it('is the same in whatever realm the payload was made: test runners have realms of their own', () => {
    const payload: unknown = runInNewContext('({ b: [1, { c: "x" }], a: null })')
    expect(fingerprintOfPayload(payload)).toBe(fingerprintOfPayload({ a: null, b: [1, { c: 'x' }] }))
  })

  it('takes a field that is undefined for one that is missing, and never for null', () => {
    const missing = fingerprintOfPayload({ id: 'A' })
    expect(fingerprintOfPayload({ id: 'A', note: undefined })).toBe(missing)
    expect(fingerprintOfPayload({ id: 'A', note: null })).not.toBe(missing)
    expect(fingerprintOfPayload({ id: 'A', note: {} })).not.toBe(missing)
    expect(fingerprintOfPayload([{ note: undefined }])).toBe(fingerprintOfPayload([{}]))
  })

  it('tells apart lone surrogates, and letters that only look the same', () => {
    const alike = ['\ud800', '\ud801', '\ufffd', 'é', 'e\u0301', '\\ud800']
    expect(new Set(alike.map((one) => fingerprintOfPayload([one]))).size).toBe(alike.length)
  })
})

/** Two of each, with nothing in common but what shows: whoever took both for `{}` would acknowledge the second unrun. */
class Secretive {
  readonly #inside: unknown
  constructor(inside: unknown) {
    this.#inside = inside
  }
  get inside() {
    return this.#inside
  }
}
const cycle: unknown[] = []
cycle.push([cycle])
const match = /(?<a>a)b/.exec('xab')

describe('what does not show all that is in it is refused, and named', () => {
  it.each<[unknown, string]>([
    [undefined, 'what it selects is undefined'],
    [() => 1, 'of type function'],
    [Symbol('a'), 'of type symbol'],
    [1n, 'of type bigint'],
    [NaN, 'is NaN'],
    [-Infinity, 'is -Infinity'],
    [9007199254740992, 'a whole number beyond 9007199254740991, where JSON.parse rounds: send it as text'],
    [-1e21, 'a whole number beyond'],
    [new Set(['a']), 'of type Set'],
    [new Map([['a', 1]]), 'of type Map'],
    [new Date(0), 'of type Date'],
    [new Secretive(1), 'of type Secretive'],
    [new Uint8Array([1]), 'of type Uint8Array'],
    [Buffer.from('a'), 'of type Buffer'],
    [new ArrayBuffer(1), 'of type ArrayBuffer'],
    [new WeakMap(), 'of type WeakMap'],
    [/a/, 'of type RegExp'],
    [new Error('a'), 'of type Error'],
    [new URL('http://localhost'), 'of type URL'],
    [new String('a'), 'of type String'],
    [new Number(1), 'of type Number'],
    [Object.create({ inherited: 1 }), 'of type Object'],
    [Promise.resolve(1), 'a promise, not what it resolves to'],
    // biome-ignore lint/suspicious/noThenProperty: a promise of another kind
    [{ then() {} }, 'a promise, not what it resolves to'],
    [{ toJSON: () => 'a' }, 'at toJSON is of type function'],
    [{ [Symbol('a')]: 1, b: 1 }, 'has a field named by a symbol'],
    [{ a: undefined, b: undefined }, 'has nothing but undefined in its fields'],
    [[undefined], 'at 0 is undefined'],
    [['a', undefined], 'at 1 is undefined: write `?? null`'],
    [new Array(2), 'is an array with holes or with fields of its own'],
    [Object.assign(['a'], { b: 1 }), 'is an array with holes or with fields of its own'],
    [match, 'is an array with holes or with fields of its own'],
    [new (class extends Array {})(), 'is an array of a class of its own'],
    [cycle, 'at 0.0 contains itself'],
    [{ lines: [{ at: new Date(0) }] }, 'at lines.0.at is of type Date'],
    [{ 'jo@example.com': new Set() }, 'at … is of type Set'],
    [new Proxy({}, { ownKeys: () => ['a', 'a'] }), 'invariant'],
  ])('%#', (payload, problem) => {
    expect(() => fingerprintOfPayload(payload)).toThrow(TypeError)
    if (problem !== 'invariant') expect(() => fingerprintOfPayload(payload)).toThrow(problem)
  })

  it('and so is a number that has lost digits, where the message says so, in a text and in a name too', () => {
    const rounded = new Set([0.1, 9007199254740992, 1e21])
    for (const payload of [
      0.1,
      ['x', { y: 0.1 }],
      'price 0.1',
      'order-9007199254740992/1',
      { '9007199254740992': true },
      '1e+21',
      '1000000000000000000000',
    ])
      expect(() => fingerprintOfPayload(payload, rounded)).toThrow('more digits than JSON.parse keeps')
    for (const payload of [0.2, 'price 0.15', '19007199254740992', '90071992547409921', '10'])
      expect(fingerprintOfPayload(payload, rounded)).toBe(fingerprintOfPayload(payload))
  })

  it('and what is nested so deeply that reading it may end in nothing, with the first steps of where it stands', () => {
    const nested = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels))
    expect(() => fingerprintOfPayload({ a: nested(500) })).toThrow(
      `what it selects at a${'.0'.repeat(31)} is deeper than 500 levels`,
    )
    expect(() => fingerprintOfPayload(nested(100_000))).toThrow('is deeper than 500 levels')
    expect(fingerprintOfPayload(nested(500))).not.toBe(fingerprintOfPayload(nested(499)))
  })

  it('shares no memory between payloads: what was refused once is refused again, and the next one is not', () => {
    const part = { a: 1 }
    expect(() => fingerprintOfPayload([part, cycle])).toThrow('contains itself')
    expect(fingerprintOfPayload([part, part])).toBe(fingerprintOfPayload([{ a: 1 }, { a: 1 }]))
  })
})

/** Values of JSON whose numbers may identify. */
const json = (constraints: fc.JsonSharedConstraints = {}) =>
  fc.jsonValue(constraints).filter((value) => !/\d{16}|e\+/.test(JSON.stringify(value)))

test('property: the order of keys does not matter, at any depth', () => {
  fc.assert(
    fc.property(json(), (value) => {
      expect(fingerprintOfPayload(reversed(value))).toBe(fingerprintOfPayload(value))
    }),
    RUNS,
  )
})

test('property: two payloads have one fingerprint only if they are equal but for the order of keys', () => {
  const small = json({ maxDepth: 2, depthSize: 'small' })
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
