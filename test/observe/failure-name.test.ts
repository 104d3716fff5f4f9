import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { failureName } from '../../src/observe/failure-name.ts'

class CardDeclined extends Error {
  override name = 'CardDeclined'
}

describe('the name of a failure', () => {
  it('is the class name of the error', () => {
    expect(failureName(new CardDeclined('4111'))).toBe('CardDeclined')
    expect(failureName(new TypeError('x'))).toBe('TypeError')
  })

  it('of what is no error is its type', () => {
    expect(failureName('card 4111')).toBe('string')
    expect(failureName(undefined)).toBe('undefined')
    expect(failureName(null)).toBe('null')
    expect(failureName({ message: 'card 4111' })).toBe('object')
  })

  it('is plain Error when the name carries more than a name', () => {
    for (const name of ['card 4111 declined', '', 'x'.repeat(65), 'Fehler\n'])
      expect(failureName(Object.assign(new Error('x'), { name }))).toBe('Error')
  })

  it('is plain Error when the error does not let itself be looked at', () => {
    const refuse = () => {
      throw new Error('no')
    }
    expect(failureName(Object.defineProperty(new Error('x'), 'name', { get: refuse }))).toBe('Error')
    expect(failureName(new Proxy(new Error('x'), { getPrototypeOf: refuse }))).toBe('Error')
  })

  it('is a name whatever is thrown', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (thrown, name) => {
        expect(failureName(thrown)).toMatch(/^[A-Za-z0-9_$.]{1,64}$/)
        expect(failureName(Object.assign(new Error('x'), { name }))).toMatch(/^[A-Za-z0-9_$.]{1,64}$/)
      }),
    )
  })
})
