import { describe, expect, it } from 'vitest'
import { isOncekitError, recordId } from '../../src/index.ts'
import { deriveId } from '../../src/protocol/key.ts'

describe('recordId', () => {
  it.each(['ORD-000042', 42, 0, false, ['tenant-1', 7, true]])('is the id of the record of %j', (key) => {
    expect(recordId('charge-orders', key)).toBe(deriveId('charge-orders', key))
    expect(recordId('charge-orders', key)).toMatch(/^charge-orders#[A-Za-z0-9_-]{43}$/)
  })

  it('tells parts from one text, and namespaces apart', () => {
    const ids = [recordId('a', 'bc'), recordId('a', ['bc']), recordId('a', ['b', 'c']), recordId('ab', 'bc')]
    expect(new Set(ids).size).toBe(4)
  })

  it.each(['', Number.NaN, [], ['a', ''], undefined, null, {}])(
    'refuses %j as a message with it is refused',
    (key) => {
      // A caller without types.
      const error = refusal(() => recordId('charge-orders', key as never))
      expect(isOncekitError(error) && error.code).toBe('KEY_MISSING')
    },
  )

  it.each([
    ['', '""'],
    ['a b', '"a b"'],
    ['a#b', '"a#b"'],
    [undefined, 'of type undefined'],
  ])('refuses the namespace %j, saying what is allowed', (namespace, given) => {
    // A caller without types.
    const error = refusal(() => recordId(namespace as never, 'ORD-000042'))
    expect(isOncekitError(error) && error.code).toBe('CONFIG')
    expect(String(error)).toContain(`the namespace is ${given}. Allowed: text like ^[A-Za-z0-9._-]{1,64}$`)
  })
})

function refusal(call: () => unknown): unknown {
  try {
    return call()
  } catch (error) {
    return error
  }
}
