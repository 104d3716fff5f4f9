import { describe, expect, it } from 'vitest'
import { checkOptions } from '../../src/options/check.ts'
import { OPTION_RULES } from '../../src/options/rules.ts'
import { RIGHT, WRONG } from './values.ts'

describe('the check of options', () => {
  it('accepts no options at all, and each one left undefined', () => {
    expect(checkOptions({})).toEqual([])
    for (const name of Object.keys(OPTION_RULES)) expect(checkOptions({ [name]: undefined })).toEqual([])
  })

  it('has right and wrong values of every option to try', () => {
    expect(Object.keys(RIGHT)).toEqual(Object.keys(OPTION_RULES))
    expect(Object.keys(WRONG)).toEqual(Object.keys(OPTION_RULES))
  })

  for (const name of Object.keys(OPTION_RULES)) {
    it(`accepts what "${name}" may be`, () => {
      for (const value of RIGHT[name] ?? []) expect(checkOptions({ [name]: value })).toEqual([])
    })

    it(`refuses what "${name}" may not be, by its name`, () => {
      for (const value of [...(WRONG[name] ?? []), null, Symbol('x'), 5n, []]) {
        const problems = checkOptions({ [name]: value })
        expect(problems).toHaveLength(1)
        expect(problems[0]).toContain(`"${name}`)
        expect(problems[0]).toContain('Allowed: ')
      }
    })
  }

  it('says what was given and what is allowed', () => {
    expect(checkOptions({ ttl: '15 minutes', concurrency: 0, fifo: 'queue', logger: {} })).toEqual([
      'Option "ttl" is "15 minutes". Allowed: seconds, or a number with ms, s, m, h or d such as "15m", up to ten years.',
      'Option "concurrency" is 0. Allowed: a whole number from 1 to 1000.',
      'Option "fifo" is "queue". Allowed: "group" or "batch".',
      'Option "logger" is an object. Allowed: false or an object with info, warn, error.',
    ])
  })

  it('names the nearest known option for an unknown one, and all that are allowed', () => {
    expect(checkOptions({ tll: 5 })).toEqual([
      `Option "tll" is unknown: did you mean "ttl"? Allowed: ${Object.keys(OPTION_RULES).join(', ')}.`,
    ])
    expect(checkOptions({ persistenceStore: 5 })[0]).toMatch(
      /^Option "persistenceStore" is unknown\. Allowed: /,
    )
  })

  it('does not know options of later releases, nor the names that every object has', () => {
    for (const name of ['retry', 'busy', 'deadLetterQueueUrl', 'constructor', 'toString'])
      expect(checkOptions({ [name]: undefined })[0]).toContain(`Option "${name}" is unknown`)
    expect(checkOptions(JSON.parse('{"__proto__": 1}'))[0]).toContain('Option "__proto__" is unknown')
  })

  it('looks inside storeResult', () => {
    expect(checkOptions({ storeResult: { maxByte: 5, serialize: 'json' } })).toEqual([
      'Option "storeResult.maxByte" is unknown: did you mean "storeResult.maxBytes"? Allowed: maxBytes, serialize, deserialize.',
      'Option "storeResult.serialize" is "json". Allowed: a function that is not async.',
    ])
    expect(checkOptions({ storeResult: 5 })).toEqual([
      'Option "storeResult" is 5. Allowed: true or false or an object of maxBytes, serialize, deserialize.',
    ])
  })

  it('refuses a store together with what would make one', () => {
    const store = { claim() {}, settle() {} }
    for (const other of [
      { table: 'orders' },
      { client: { send() {} } },
      { table: 'orders', client: { send() {} } },
    ])
      expect(checkOptions({ store, ...other })).toEqual(['Option "store" excludes "table" and "client".'])
  })

  it('refuses options that are no object', () => {
    for (const options of [undefined, null, 'orders', 5, [], () => {}])
      expect(checkOptions(options)[0]).toMatch(
        /^The options object is .+\. Allowed: an object of table, store, /,
      )
  })

  it.each([
    ['table', '"', '"\\""'],
    ['ttl', 'x'.repeat(40), `"${'x'.repeat(40)}"`],
    ['ttl', 'x'.repeat(41), `"${'x'.repeat(40)}…"`],
    ['ttl', 'two\nlines', '"two\\nlines"'],
    ['ttl', () => 'secret', 'a function'],
    ['ttl', ['hunter2'], 'an array of 1'],
    ['ttl', { password: 'hunter2' }, 'an object'],
    ['ttl', null, 'null'],
    ['ttl', 5n, '5'],
    ['ttl', Symbol('s'), 'Symbol(s)'],
    ['ttl', NaN, 'NaN'],
    ['ttl', true, 'true'],
  ])('shows a value on one line, short, without its inside (%#)', (name, value, shown) => {
    expect(checkOptions({ [name]: value })[0]).toContain(`Option "${name}" is ${shown}. Allowed: `)
  })

  it('says what a schema and a table may be', () => {
    expect(checkOptions({ schema: {}, table: 5 })).toEqual([
      'Option "table" is 5. Allowed: the name of a table, 3 to 255 of A-Z a-z 0-9 . _ -, or its ARN, such as arn:aws:dynamodb:eu-central-1:123456789012:table/name.',
      'Option "schema" is an object. Allowed: a Standard Schema, such as one of zod 3.24 or newer, valibot 1 or newer, arktype 2 or newer.',
    ])
  })
})
