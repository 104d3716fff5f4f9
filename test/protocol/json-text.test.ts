import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { firstText, memberText } from '../../src/protocol/json-member.ts'
import { unshownIn } from '../../src/protocol/json-unshown.ts'

const RUNS = { numRuns: 2_000 }

describe('what parsing swallows of a JSON text', () => {
  it.each([
    '{"a":1,"b":{"a":1},"c":[{"a":1},{"a":2}]}',
    '{"a":"a","b":"b"}',
    '{"a":["b","b"],"b":0}',
    '{"a":{},"b":{}}',
    '{"a":"x\\"","b":"\\\\"}',
    '{"\\\\":1,"\\"":2}',
    '{"a":"{\\"a\\":1,\\"a\\":2}"}',
    '{"a":"9007199254740993","{":1}',
    '[0.1,1e2,-5,12345678901234,1.5e-7,0.30000000000000004]',
    '"9007199254740993"',
    '{"a":" 9007199254740993","b":"\\\\[9007199254740993]"}',
    '{"e":1,"E":2}',
    '{"a":"unterminated 9007199254740993',
    '}}]]{"a":1',
    'plain text: 5 of 7',
    '',
  ])('is nothing: %s', (text) => {
    expect(unshownIn(text)).toBeUndefined()
  })

  it.each([
    '{"a":1,"a":2}',
    '{"a":1,"b":[],"a":1}',
    '{ "a" : 1 , "a" : 1 }',
    '[{"x":{"a":1,"b":2,"a":3}}]',
    '{"a":{"b":1},"a":{}}',
    '{"a":1,"\\u0061":2}',
    '{"__proto__":1,"__proto__":2}',
    '{"":1,"":2}',
    '{"a\\"":1,"a\\"":2}',
    '{"a":[{"b":1}],"b":{"c":[]},"a":0}',
  ])('is a name that an object gives twice: %s', (text) => {
    expect(unshownIn(text)?.repeats).toBe(true)
  })

  it.each([
    ['9007199254740993', 9007199254740992],
    ['{"id":9007199254740993}', 9007199254740992],
    ['{"detail":{"id":[1524831183200260097]}}', 1524831183200260000],
    ['[-9007199254740993,1]', -9007199254740992],
    ['{"a":0.1000000000000000055}', 0.1],
    ['[1e400]', Infinity],
    ['[1E-400]', 0],
    ['{"a\\"":9007199254740993}', 9007199254740992],
    ['{"Message":"{\\"id\\":9007199254740993}"}', 9007199254740992],
    ['["[\\"[0.1000000000000000055]\\"]"]', 0.1],
    ['{"Message":" \\n\\t{\\"id\\":9007199254740993}"}', 9007199254740992],
    ['{"Message":"\\r\\n[9007199254740993]"}', 9007199254740992],
    ['{"Message":"\ufeff[9007199254740993]"}', 9007199254740992],
    ['{"Message":"\\ufeff[9007199254740993]"}', 9007199254740992],
    ['{"Message":"\\u007b\\u0022id\\u0022:9007199254740993}"}', 9007199254740992],
  ])('is the digits of a number: %s', (text, parsed) => {
    expect(unshownIn(text)).toEqual({ repeats: false, rounded: new Set([parsed]) })
  })
})

test('property: a text that JSON.stringify wrote says nothing that its value does not show', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.integer({ min: 0, max: 3 }), (value, space) => {
      expect(unshownIn(JSON.stringify(value, undefined, space))).toBeUndefined()
    }),
    RUNS,
  )
})

test('property: any text is read to its end', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'{}[]",:\\ue1.-0a ') }), (text) => {
      unshownIn(text)
    }),
    RUNS,
  )
})

describe('the text of a member', () => {
  it.each([
    ['{"detail":{"a":1}}', '{"a":1}'],
    ['{"x":[1,{"detail":2}],"detail":9007199254740993,"y":null}', '9007199254740993'],
    ['\ufeff { "detail-type" : "t" , "detail" : [ 1 , "}" ] }', '[ 1 , "}" ]'],
    ['{"detail":"a\\"b\\\\"}', '"a\\"b\\\\"'],
    ['{"\\u0064etail":true}', 'true'],
    ['{"detail":1,"detail":2}', '2'],
    ['{"detail":-1.5e3}', '-1.5e3'],
  ])('stands in %s as %s', (json, text) => {
    expect(memberText(json, 'detail')).toBe(text)
  })

  it('is missing where there is none', () => {
    for (const json of ['{}', '{ }', '{"a":{"detail":1}}']) expect(memberText(json, 'detail')).toBeUndefined()
  })

  test('property: it means what parsing gives, however it is written', () => {
    const object = fc.dictionary(fc.oneof(fc.constant('detail'), fc.string()), fc.jsonValue({ maxDepth: 3 }))
    fc.assert(
      fc.property(object, fc.integer({ min: 0, max: 2 }), (value, space) => {
        const json = JSON.stringify(value, undefined, space)
        for (const [name, inner] of Object.entries(value)) {
          const text = memberText(json, name)
          expect(JSON.parse(text ?? '')).toEqual(JSON.parse(JSON.stringify(inner)))
          expect(text).toBe(text?.trim())
        }
        const list = JSON.stringify(Object.values(value), undefined, space)
        const [first] = Object.values(value)
        if (first === undefined) expect(firstText(list)).toBeUndefined()
        else expect(JSON.parse(firstText(list) ?? '')).toEqual(JSON.parse(JSON.stringify(first)))
      }),
      RUNS,
    )
  })
})
