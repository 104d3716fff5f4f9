import { hash } from 'node:crypto'
import { expect, test } from 'vitest'
import { narrowOffset } from '../../src/protocol/clock-offset.ts'
import { fingerprintOfPayload } from '../../src/protocol/fingerprint.ts'
import { deriveId } from '../../src/protocol/key.ts'

test('the fingerprint of a payload is fixed: records written by an earlier release are compared by the next', () => {
  const of = (text: string) => hash('sha256', text, 'base64url')
  expect(fingerprintOfPayload({ b: [1, null], a: 'x' })).toBe(
    of('{"\\u0000object":[["a","x"],["b",[1,null]]]}'),
  )
  expect(fingerprintOfPayload('x')).toBe(of('"x"'))
  expect(fingerprintOfPayload([-0, 1e-7, true, {}])).toBe(of('[0,1e-7,true,{"\\u0000object":[]}]'))
  expect(fingerprintOfPayload('x')).toMatch(/^[\w-]{43}$/)
})

test('a key that was not awaited is missing, and it says so', () => {
  expect(deriveId('ns', Promise.resolve('a'))).toEqual({
    missing: 'the key is a promise, not what it resolves to',
  })
  expect(deriveId('ns', ['a', Promise.resolve('b')])).toEqual({
    missing: 'part 2 of the key is a promise, not what it resolves to',
  })
})

test('bounds that meet in one point agree: they know the offset exactly', () => {
  const answer = { serverDate: 10_000, sentAt: 9_900, receivedAt: 9_900, took: 0 }
  expect(narrowOffset({ low: -500, high: 100 }, answer, 1_000)).toEqual({ low: 100, high: 100 })
})
