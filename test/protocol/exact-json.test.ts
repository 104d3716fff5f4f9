import { isDeepStrictEqual } from 'node:util'
import { createContext, runInContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exactJson } from '../../src/protocol/exact-json.ts'

class Money {
  readonly cents = 1
}
class List extends Array {}
const own = Object.assign([1], { index: 0 })
const circle: { me?: object } = {}
circle.me = circle
const tangled = { list: [] as unknown[] }
tangled.list.push(tangled.list)
const revoked = Proxy.revocable({}, {})
revoked.revoke()
const hidden = Object.defineProperty({ a: 1 }, 'b', { value: 2, enumerable: false })
const deep = (levels: number) => {
  let value: unknown = 1
  for (let level = 0; level < levels; level++) value = [value]
  return value
}

describe('a value that is exact JSON', () => {
  it.each([
    ['null', null],
    ['zero', 0],
    ['the least number', 5e-324],
    ['the greatest', 1.7976931348623157e308],
    ['text', 'a"\u2028\u0000€'],
    ['half a pair of characters', 'a\ud800'],
    ['true', true],
    ['an empty object', {}],
    ['an empty array', []],
    ['an object', { b: [1, { c: null }], a: '', 2: false }],
    ['a name that is a trap', JSON.parse('{"__proto__":{"a":1},"constructor":1}')],
    ['one object twice', [circle.constructor.name, ...Array(2).fill({ a: 1 })]],
    ['what is frozen', Object.freeze({ a: Object.freeze([1]) })],
    ['500 levels', deep(500)],
  ])('is written so that parsing gives it back: %s', (_name, value) => {
    const exact = exactJson(value)
    if (!('text' in exact)) return expect.fail(JSON.stringify(exact))
    expect(isDeepStrictEqual(JSON.parse(exact.text), value)).toBe(true)
    expect(exact.text).toBe(JSON.stringify(value))
  })

  it('may be of another realm, as under test runners', () => {
    const value: unknown = runInContext('({ a: [1, { b: 2 }] })', createContext())
    expect(exactJson(value)).toEqual({ text: '{"a":[1,{"b":2}]}' })
    expect(exactJson(runInContext('[new Date(0)]', createContext()))).toEqual({
      path: '[0]',
      type: 'of type Date',
    })
  })
})

describe('a value that is not', () => {
  it.each([
    ['undefined', undefined, '', 'undefined'],
    ['a field that is undefined', { a: { b: undefined } }, 'a.b', 'undefined'],
    ['undefined in an array', [1, undefined], '[1]', 'undefined'],
    // biome-ignore lint/suspicious/noSparseArray: that is what is tested
    ['a hole', [[0, , 2]], '[0][1]', 'a hole'],
    ['a long row of holes', Array(4e9), '[0]', 'a hole'],
    ['NaN', { a: NaN }, 'a', 'NaN'],
    ['Infinity', [-Infinity], '[0]', '-Infinity'],
    ['-0', { total: -0 }, 'total', '-0'],
    ['a BigInt', { cents: 10n }, 'cents', 'of type bigint'],
    ['a symbol', Symbol('x'), '', 'of type symbol'],
    ['a function', { run: () => {} }, 'run', 'of type function'],
    ['a Date', { lines: [{ at: new Date(0) }] }, 'lines[0].at', 'of type Date'],
    ['a Map', new Map([[1, 2]]), '', 'of type Map'],
    ['a Set', { a: new Set() }, 'a', 'of type Set'],
    ['bytes', { a: Buffer.from('x') }, 'a', 'of type Buffer'],
    ['an error', new TypeError('card 4111'), '', 'of type TypeError'],
    ['a boxed number', { a: Object(1) }, 'a', 'of type Number'],
    ['an instance', { money: new Money() }, 'money', 'of type Money'],
    ['an instance without a name', { a: new (class {})() }, 'a', 'an instance of a class'],
    ['an array of a class', { a: List.from([1]) }, 'a', 'of type List'],
    ['a promise', { a: Promise.resolve(1) }, 'a', 'a promise, not what it resolves to'],
    ['toJSON of its own', { a: 1, toJSON: () => 1 }, 'toJSON', 'of type function'],
    ['no prototype', { a: Object.create(null) }, 'a', 'an object without a prototype'],
    ['an array without a prototype', Object.setPrototypeOf([1], null), '', 'an object without a prototype'],
    ['an object as an array', Object.setPrototypeOf([1], Object.prototype), '', 'of type object'],
    ['a match', /a/.exec('a'), '', 'an array with fields of its own'],
    ['an array with a field', { own }, 'own', 'an array with fields of its own'],
    [
      'a field named by a symbol',
      { a: { [Symbol('s')]: 1 } },
      'a',
      'an object with a field named by a symbol',
    ],
    [
      'a getter',
      {
        get a() {
          return 1
        },
      },
      'a',
      'a getter',
    ],
    ['a hidden field', hidden, 'b', 'a field that is not enumerable'],
    ['a circle', circle, 'me', 'an object that contains itself'],
    ['a circle through an array', tangled, 'list[0]', 'an object that contains itself'],
    ['a proxy that is revoked', { a: revoked.proxy }, 'a', 'a value that cannot be read'],
    ['501 levels', deep(501), '[0]'.repeat(500), 'deeper than 500 levels'],
    ['a million levels', deep(1e6), '[0]'.repeat(500), 'deeper than 500 levels'],
    ['a name that is data', { '4111 1111': { ok: NaN } }, '[…].ok', 'NaN'],
  ])('is told by the first place and its type: %s', (_name, value, path, type) => {
    expect(exactJson(value)).toEqual({ path, type })
  })

  it('runs nothing of the value', () => {
    let ran = 0
    const run = () => ++ran
    exactJson({ toJSON: run })
    exactJson(Object.defineProperty({}, 'a', { get: run, enumerable: true }))
    exactJson([Object.assign(new Date(0), { toJSON: run })])
    expect(ran).toBe(0)
  })

  it('is not made exact by a toJSON that somebody gave to all numbers or texts', () => {
    const given = Object.assign(BigInt.prototype, { toJSON: () => 'patched' })
    try {
      expect(exactJson({ a: 1n })).toEqual({ path: 'a', type: 'of type bigint' })
    } finally {
      Reflect.deleteProperty(given, 'toJSON')
    }
  })
})

describe('whatever the value', () => {
  const anything = fc.anything({
    withBigInt: true,
    withBoxedValues: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withNullPrototype: true,
    withSparseArray: true,
    withTypedArray: true,
  })

  it('a text is given for what it gives back, and a place for all else', () => {
    fc.assert(
      fc.property(fc.oneof(anything, fc.jsonValue()), (value) => {
        const exact = exactJson(value)
        let back: unknown
        try {
          back = JSON.parse(JSON.stringify(value))
        } catch {
          back = Symbol('none')
        }
        expect('text' in exact).toBe(isDeepStrictEqual(back, value))
        if ('text' in exact) expect(isDeepStrictEqual(JSON.parse(exact.text), value)).toBe(true)
      }),
      { numRuns: 2_000 },
    )
  })
})
