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
    })
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
    ['a number', 5, { name: 'number' }],
    ['null', null, { name: 'object' }],
    ['a message that is no text', Object.assign(new Error(), { message: { card: 1 } }), { name: 'Error' }],
    ['a code that is no text', Object.assign(new Error('x'), { code: 7 }), { name: 'Error', message: 'x' }],
  ])('of what is no error says what it can: %s', (_name, thrown, described) => {
    expect(describeError(thrown, false)).toEqual(described)
  })

  it('never throws', () => {
    const refuse = () => {
      throw new Error('no')
    }
    for (const field of ['name', 'message', 'stack', 'code']) {
      const error = Object.defineProperty(new Error('x'), field, { get: refuse })
      expect(describeError(error, true)).toHaveProperty('name')
    }
    expect(describeError(new Proxy(new Error('x'), { get: refuse, getPrototypeOf: refuse }), true)).toEqual({
      name: 'Error',
    })
    fc.assert(fc.property(fc.anything(), (thrown) => void describeError(thrown, true)))
  })
})
