import { hash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { deriveId } from '../../src/protocol/key.ts'

const RUNS = { numRuns: 3_000 }

test('an id is the namespace, a hash sign and 43 characters; the raw key is not in it', () => {
  const id = deriveId('charge-orders', 'customer@example.com')
  expect(id).toMatch(/^charge-orders#[A-Za-z0-9_-]{43}$/)
  expect(id).not.toContain('customer')
})

test('the derivation is fixed: records written by an earlier release are found by the next', () => {
  const of = (text: string) => `ns#${hash('sha256', text, 'base64url')}`
  expect(deriveId('ns', 'abc')).toBe(of('s3:abc'))
  expect(deriveId('ns', 12.5)).toBe(of('n4:12.5'))
  expect(deriveId('ns', false)).toBe(of('f'))
  expect(deriveId('ns', ['a', 1, true])).toBe(of('a3:s1:an1:1t'))
})

describe('a key', () => {
  it.each([0, -0, false, ' ', '0', 'false', [0], [false]])('%j counts', (key) => {
    expect(deriveId('ns', key)).toEqual(expect.any(String))
  })

  it.each([
    ['', 'the key is an empty string'],
    [undefined, 'the key is undefined'],
    [null, 'the key is null'],
    [NaN, 'the key is NaN'],
    [Infinity, 'the key is Infinity'],
    [{}, 'the key is of type object'],
    [() => 'a', 'the key is of type function'],
    [1n, 'the key is of type bigint'],
    [Symbol('a'), 'the key is of type symbol'],
    [[], 'the key is an empty array'],
    [['a', ''], 'part 2 of the key is an empty string'],
    [['a', undefined], 'part 2 of the key is undefined'],
    [['a', ['b']], 'part 2 of the key is of type Array'],
    [new Map(), 'the key is of type Map'],
    [new Date(0), 'the key is of type Date'],
    [new String('a'), 'the key is of type String'],
    [new Array(2), 'part 1 of the key is undefined'],
    ['\ud800', 'the key is not well-formed Unicode'],
  ])('%s is missing, and it says why', (key, missing) => {
    expect(deriveId('ns', key)).toEqual({ missing })
  })
})

// Short texts of few letters, so that boundaries meet; and any text.
const text = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'b', '1', ':', 's', '/'), minLength: 1, maxLength: 4 }),
  fc.string({ minLength: 1, unit: 'grapheme' }).filter((value) => value.isWellFormed()),
)
const part = fc.oneof(
  text,
  fc.boolean(),
  fc.integer(),
  fc
    .double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 })
    .filter((value) => !Object.is(value, -0)),
)
const key = fc.oneof(part, fc.array(part, { minLength: 1, maxLength: 4 }))

test('property: two keys have one id only if they are equal, type, parts and part boundaries included', () => {
  fc.assert(
    fc.property(key, key, (a, b) => {
      expect(deriveId('ns', a) === deriveId('ns', b)).toBe(equal(a, b))
    }),
    RUNS,
  )
})

test('property: moving a letter over a part boundary changes the id', () => {
  fc.assert(
    fc.property(fc.array(text, { minLength: 2, maxLength: 4 }), (parts) => {
      const [first = '', second = '', ...rest] = parts
      const moved = [first + second.slice(0, 1), second.slice(1), ...rest].filter((value) => value !== '')
      const joined = [first + second, ...rest]
      const ids = [parts, moved, joined, parts.join('')].map((value) => deriveId('ns', value))
      expect(ids[0]).not.toBe(ids[1])
      expect(ids[0]).not.toBe(ids[2])
      expect(ids[0]).not.toBe(ids[3])
    }),
    RUNS,
  )
})

test('property: a number, a boolean and their texts are different keys, alone and in an array', () => {
  fc.assert(
    fc.property(fc.oneof(fc.integer(), fc.boolean()), (value) => {
      const ids = [value, String(value), [value], [String(value)]].map((one) => deriveId('ns', one))
      expect(new Set(ids).size).toBe(4)
    }),
    RUNS,
  )
})

test('two namespaces never share an id', () => {
  fc.assert(
    fc.property(key, (one) => {
      expect(deriveId('orders', one)).not.toBe(deriveId('refunds', one))
    }),
  )
})

function equal(a: unknown, b: unknown): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return a === b
  return a.length === b.length && a.every((value, index) => value === b[index])
}
