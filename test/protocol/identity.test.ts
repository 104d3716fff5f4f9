import { runInNewContext } from 'node:vm'
import { describe, expect, it, onTestFinished, test } from 'vitest'
import {
  isPlain,
  isThenable,
  kindOf,
  letGo,
  NOTHING_ROUNDED,
  scalarProblem,
} from '../../src/protocol/identity.ts'

describe('what a value is, in words', () => {
  it.each<[unknown, string]>([
    [undefined, 'undefined'],
    [null, 'null'],
    ['secret', 'of type string'],
    [5, 'of type number'],
    [5n, 'of type bigint'],
    [Symbol('secret'), 'of type symbol'],
    [() => 'secret', 'of type function'],
    [{ secret: 1 }, 'of type object'],
    [Object.create(null), 'of type object'],
    [['secret'], 'of type Array'],
    [new Map(), 'of type Map'],
    [Promise.resolve(), 'a promise, not what it resolves to'],
    [new (class Ärger {})(), 'an instance of a class'],
    [new (class {})(), 'an instance of a class'],
    [Object.create({ constructor: { name: 'not a name' } }), 'an instance of a class'],
    [Object.create({ constructor: { name: `A${'a'.repeat(64)}` } }), 'an instance of a class'],
    [Object.create({ constructor: null }), 'an instance of a class'],
  ])('%#: %s is %s', (value, words) => {
    expect(kindOf(value)).toBe(words)
  })

  it('is said of what throws when it is looked at, too', () => {
    const refuse = (): never => {
      throw new Error('secret')
    }
    expect(kindOf(new Proxy({}, { getPrototypeOf: refuse }))).toBe('an instance of a class')
    expect(kindOf(new Proxy({}, { has: refuse }))).toBe('an instance of a class')
  })
})

test('an object of nothing but its fields is plain, in every realm; one of a class is not', () => {
  for (const plain of [{}, Object.create(null), runInNewContext('({})')]) expect(isPlain(plain)).toBe(true)
  class Rootless extends (null as unknown as new () => object) {}
  const others = [
    new Map(),
    [],
    Object.create({}),
    Object.create(Rootless.prototype),
    runInNewContext('new Map()'),
  ]
  for (const other of others) expect(isPlain(other)).toBe(false)
})

test('whatever has a `then` to call may be awaited, and nothing else', () => {
  // biome-ignore lint/suspicious/noThenProperty: promises of other kinds
  const promises = [Promise.resolve(), { then() {} }, Object.create({ then() {} })]
  for (const promise of promises) expect(isThenable(promise)).toBe(true)
  // biome-ignore lint/suspicious/noThenProperty: not one
  for (const other of [null, undefined, 'then', {}, { then: 1 }, () => {}])
    expect(isThenable(other)).toBe(false)
})

describe('what keeps a scalar from identifying', () => {
  it('is nothing for texts, booleans and numbers that cannot have been rounded', () => {
    for (const value of ['', 'a', '\ud800', true, false, 0, -0, 0.1, 2 ** 53 - 1, 1 - 2 ** 53, 5e-324])
      expect(scalarProblem(value, NOTHING_ROUNDED)).toBeUndefined()
  })

  it('is a number beyond all that was printed: by itself, or by JSON', () => {
    const rounded = new Set([Infinity])
    for (const text of ['Infinity', 'order--Infinity', '{"a":null}', '[null]'])
      expect(scalarProblem(text, rounded)).toMatch(/more digits/)
    expect(scalarProblem('{"a":0}', rounded)).toBeUndefined()
    expect(scalarProblem('{"a":null}', new Set([0.1]))).toBeUndefined()
  })

  it('is a number that is printed somewhere in a text, whole: with its sign, its fraction, its exponent', () => {
    const rounded = new Set([0.1, -7.5, 1.5e-7, 1e21, 9007199254740992])
    const whole = ['0.1', 'v0.1.2', '9,0.1', '-7.5', 'a-7.5b', '1.5e-7', '1e+21', '9007199254740992.00']
    for (const text of [...whole, '1000000000000000000000'])
      expect(scalarProblem(text, rounded), text).toMatch(/more digits/)
    for (const text of ['10.1', '0.12', '7.5', '1.5e-70', '1.5', '21', '90071992547409920', 'e', ''])
      expect(scalarProblem(text, rounded), text).toBeUndefined()
  })

  // Each number was looked for in each text: minutes for these.
  it('is found in a time that grows with the message, not with its square', () => {
    const rounded = new Set(Array.from({ length: 30_000 }, (_, at) => at + 0.5))
    for (let at = 0; at < 30_000; at++) expect(scalarProblem(`text ${at} of 1.25`, rounded)).toBeUndefined()
  })

  it('is said without the value', () => {
    expect(scalarProblem(2 ** 53, NOTHING_ROUNDED)).toBe(
      'is a whole number beyond 9007199254740991, where JSON.parse rounds: send it as text',
    )
    expect(scalarProblem(0.1, new Set([0.1]))).toBe('has more digits than JSON.parse keeps: send it as text')
    expect(scalarProblem('a 0.1', new Set([5, 0.1]))).toBe(
      'has a number with more digits than JSON.parse keeps: send it as text',
    )
    expect(scalarProblem(NaN, NOTHING_ROUNDED)).toBe('is NaN')
    expect(scalarProblem({}, NOTHING_ROUNDED)).toBe('is of type object')
  })

  it('is a rounded number that stands in a text by itself, wherever it stands', () => {
    const rounded = new Set([12])
    for (const text of ['12', 'a12', '12a', '112 12', '-12', '121 12 3'])
      expect(scalarProblem(text, rounded)).toBeDefined()
    for (const text of ['', '1', '112', '121', '1123', 'a012', '12121'])
      expect(scalarProblem(text, rounded)).toBeUndefined()
    expect(scalarProblem('Infinity', new Set([Infinity]))).toBeDefined()
    expect(scalarProblem('-5', new Set([-5]))).toBeDefined()
    expect(scalarProblem('5', new Set([-5]))).toBeUndefined()
  })
})

test('promises in what was refused are let go: their rejections end nothing', async () => {
  const seen: unknown[] = []
  const note = (reason: unknown): void => void seen.push(reason)
  const before = process.listeners('unhandledRejection')
  process.removeAllListeners('unhandledRejection')
  process.on('unhandledRejection', note)
  onTestFinished(() => {
    process.removeListener('unhandledRejection', note)
    for (const listener of before) process.on('unhandledRejection', listener)
  })
  const reject = () => Promise.reject(new Error('not today'))
  const itself: unknown[] = []
  itself.push(itself, reject())
  const hostile = new Proxy(
    {},
    {
      has() {
        throw new Error('no')
      },
    },
  )
  for (const refused of [
    reject(),
    [reject(), [reject()]],
    { a: { b: reject() } },
    new Set([reject(), reject()]),
    new Map([['a', [reject()]]]),
    itself,
    hostile,
    undefined,
    null,
    'text',
    5,
  ])
    letGo(refused)
  await new Promise((resolve) => setImmediate(resolve))
  expect(seen).toEqual([])
  // What is an instance of a class is not looked into: it may be anything, a client with all its sockets.
  let looked = false
  class Client {
    get socket() {
      looked = true
      return 1
    }
  }
  letGo(Object.defineProperty(new Client(), 'own', { enumerable: true, get: () => (looked = true) }))
  expect(looked).toBe(false)
})
