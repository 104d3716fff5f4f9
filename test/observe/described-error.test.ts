import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeError } from '../../src/observe/described-error.ts'

function orderFails(): Error {
  return new RangeError('no such order')
}

describe('a described error', () => {
  it('has name, message and the first frames, of which the first is where it was made', () => {
    const { name, message, stack } = describeError(orderFails(), true)
    expect({ name, message }).toEqual({ name: 'RangeError', message: 'no such order' })
    expect(stack).toHaveLength(5)
    expect(stack?.[0]).toMatch(/^at orderFails \(.*described-error\.test\.ts:\d+:\d+\)$/)
  })

  it('has no frames where they are not wanted', () => {
    expect(describeError(orderFails(), false)).toEqual({ name: 'RangeError', message: 'no such order' })
  })

  it('is shortened: 256 characters of the message and of each frame', () => {
    const error = new Error('x'.repeat(5_000))
    error.stack = `Error: ${error.message}\n${`    at ${'y'.repeat(5_000)}\n`.repeat(50)}`.trimEnd()
    const { message, stack } = describeError(error, true)
    expect(message).toBe(`${'x'.repeat(255)}…`)
    expect(stack).toHaveLength(5)
    for (const frame of stack ?? []) expect(frame).toHaveLength(256)
  })

  it('has no lines of the message among its frames', () => {
    const error = new Error('first\nsecond\n    third')
    expect(describeError(error, true).stack?.[0]).toMatch(/described-error\.test/)
  })

  it('of several failures in one has their code, for their message is empty', () => {
    const error = Object.assign(new AggregateError([new Error('connect')]), { code: 'ECONNREFUSED' })
    expect(describeError(error, false)).toEqual({
      name: 'AggregateError',
      message: '',
      code: 'ECONNREFUSED',
      errors: [{ name: 'Error', message: 'connect' }],
    })
  })

  it('has the first three of several failures in one', () => {
    const error = new AggregateError(
      ['a', 'b', 'c', 'd'].map((message) => new RangeError(message)),
      'all failed',
    )
    const { message, errors } = describeError(error, true)
    expect(message).toBe('all failed')
    expect(errors).toEqual(['a', 'b', 'c'].map((message) => ({ name: 'RangeError', message })))
  })

  it('has its causes, three of them, with one stack: `fetch failed` says nothing else', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
    const described = describeError(new TypeError('fetch failed', { cause: refused }), true)
    expect(described).toMatchObject({
      message: 'fetch failed',
      stack: expect.anything(),
      cause: { name: 'Error', message: 'connect ECONNREFUSED', code: 'ECONNREFUSED' },
    })
    expect(described.cause?.stack).toBeUndefined()
    let error = new Error('0')
    for (const name of ['1', '2', '3', '4', '5']) error = new Error(name, { cause: error })
    expect(JSON.stringify(describeError(error, false)).match(/"message":"\d"/g)).toEqual(
      ['5', '4', '3', '2'].map((name) => `"message":"${name}"`),
    )
    const itself = new Error('itself')
    itself.cause = itself
    expect(JSON.stringify(describeError(itself, false)).match(/itself/g)).toHaveLength(4)
    expect(describeError(new Error('x', { cause: 'declined' }), false).cause).toEqual({
      name: 'string',
      message: 'declined',
    })
  })

  it('has no causes of what is no error, which may be anything', () => {
    expect(describeError({ message: 'x', cause: { message: '4111' }, errors: ['4111'] }, false)).toEqual({
      name: 'object',
      message: 'x',
    })
  })

  it('does not quote a text in its causes either', () => {
    let cause: unknown
    try {
      JSON.parse('4111 1111 x')
    } catch (thrown) {
      cause = thrown
    }
    expect(JSON.stringify(describeError(new Error('bad body', { cause }), true))).not.toContain('4111 1111 x')
  })

  it('has its frames also where its stack ends with an empty line', () => {
    const error = Object.assign(new Error('x'), { stack: 'Error: x\n    at f (a.js:1:1)\n' })
    expect(describeError(error, true).stack).toEqual(['at f (a.js:1:1)'])
  })

  it.each([
    ['{"card": "4111 1111 1111", }'],
    ['card 4111 1111'],
    ['"4111" or so'],
    [`${' '.repeat(80)}4111 1111${' '.repeat(80)}`],
    ['undefined4111'],
  ])('does not quote the text that JSON.parse could not read: %s', (text) => {
    let error: unknown
    try {
      JSON.parse(text)
    } catch (thrown) {
      error = thrown
    }
    expect(error).toBeInstanceOf(SyntaxError)
    expect(JSON.stringify(describeError(error, true))).not.toContain('4111')
    expect(describeError(error, false).message).toMatch(/JSON/)
  })

  it.each([
    ['text', 'declined', { name: 'string', message: 'declined' }],
    ['an object with a message', { message: 'declined' }, { name: 'object', message: 'declined' }],
    ['an object without one', { card: '4111' }, { name: 'object' }],
    ['a number', 5, { name: 'number', message: '5' }],
    ['a bigint', 5n, { name: 'bigint', message: '5' }],
    ['false', false, { name: 'boolean', message: 'false' }],
    ['a symbol', Symbol('declined'), { name: 'symbol' }],
    ['null', null, { name: 'null' }],
    ['a list', ['4111'], { name: 'object' }],
    ['a message that is no text', Object.assign(new Error(), { message: { card: 1 } }), { name: 'Error' }],
    ['a code that is no text', Object.assign(new Error('x'), { code: 7 }), { name: 'Error', message: 'x' }],
  ])('of what is no error says what it can: %s', (_name, thrown, described) => {
    expect(describeError(thrown, false)).toEqual(described)
  })

  it('never throws', () => {
    const refuse = () => {
      throw new Error('no')
    }
    for (const field of ['name', 'message', 'stack', 'code', 'cause', 'errors']) {
      const error = Object.defineProperty(new Error('x'), field, { get: refuse })
      expect(describeError(error, true)).toHaveProperty('name')
    }
    expect(describeError(new Proxy(new Error('x'), { get: refuse, getPrototypeOf: refuse }), true)).toEqual({
      name: 'Error',
    })
    fc.assert(fc.property(fc.anything(), (thrown) => void describeError(thrown, true)))
  })
})
