import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { attributeOf } from '../../src/store/dynamodb/item.ts'
import { decodeResult, encodeResult } from '../../src/store/dynamodb/stored-result.ts'

describe('a stored result', () => {
  it('is text while it is short', () => {
    expect(stored('x'.repeat(512))).toEqual({ S: 'x'.repeat(512) })
  })

  it('is deflated above 512 bytes, so that the item stays within one write unit', () => {
    const order = JSON.stringify(
      Array.from({ length: 60 }, (_, index) => ({ sku: `SKU-${index}`, quantity: 1 })),
    )
    const item = stored(order)
    expect(Buffer.byteLength(order)).toBeGreaterThan(1_500)
    expect(item.B?.length).toBeLessThan(512)
    expect(decodeResult(item)).toBe(order)
  })

  it('counts bytes, not characters', () => {
    expect(stored('é'.repeat(300)).B).toBeInstanceOf(Uint8Array)
  })

  it('stays text where deflating does not make it shorter', () => {
    const noise = Array.from({ length: 600 }, (_, index) =>
      String.fromCharCode(32 + ((index * index * 7919) % 94)),
    )
    const text = noise.join('')
    const { S, B } = stored(text)
    expect(S === text || (B !== undefined && B.length < text.length)).toBe(true)
  })

  it('comes back as it was, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 3_000 }), (text) => {
        expect(decodeResult(stored(text))).toBe(text)
      }),
    )
  })

  it('that nobody can inflate is none', () => {
    expect(decodeResult({ B: new Uint8Array([255, 254, 253]) })).toBeUndefined()
    expect(decodeResult({ B: new Uint8Array() })).toBeUndefined()
    const whole = stored('{"many":"words"}'.repeat(100)).B ?? new Uint8Array()
    expect(decodeResult({ B: whole.subarray(0, whole.length / 2) })).toBeUndefined()
  })

  it('is undefined where none is stored', () => {
    expect(decodeResult(undefined)).toBeUndefined()
  })
})

function stored(result: string) {
  return attributeOf(encodeResult(result))
}
