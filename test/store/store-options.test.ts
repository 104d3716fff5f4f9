import { describe, expect, it, test } from 'vitest'
import { type DynamoStoreOptions, dynamoStore } from '../../src/index.ts'
import { systemRuntime } from '../../src/runtime/system.ts'

const client = { send: async () => ({}) }

/** As JavaScript may call it. */
function start(options: unknown): unknown {
  return dynamoStore(options as DynamoStoreOptions)
}

describe('an option of dynamoStore that is wrong', () => {
  it.each([
    [
      { tabel: 'orders' },
      /Option "tabel" is unknown: did you mean "table"\? Allowed: table, client, batching, runtime\./,
    ],
    [{ tabel: 'orders' }, /Option "table" is undefined\. Allowed: the name of a table/],
    [{ table: 'orders', zzzzzz: 1 }, /Option "zzzzzz" is unknown\. Allowed/],
    [{}, /Option "table" is undefined/],
    [
      { table: 'no spaces' },
      /Option "table" is "no spaces"\. Allowed: .* or its ARN, such as arn:aws:dynamodb/,
    ],
    [{ table: 'ab' }, /Option "table" is "ab"/],
    [{ table: `"; DROP` }, /Option "table"/],
    [{ table: 'arn:aws:dynamodb:eu-central-1:123:table/name' }, /Option "table"/],
    [{ table: 'arn:aws:dynamodb:eu-central-1:123456789012:table/name/index/by-date' }, /Option "table"/],
    [{ table: 'arn:aws:sqs:eu-central-1:123456789012:table/name' }, /Option "table"/],
    [{ table: 'orders', client: {} }, /Option "client" is an object\. Allowed: a DynamoDBClient/],
    [{ table: 'orders', batching: 'no' }, /Option "batching" is "no"\. Allowed: true or false/],
    [
      { table: 'orders', runtime: { now() {} } },
      /Option "runtime" is an object\. Allowed: an object with now, monotonic/,
    ],
    [undefined, /Its options are undefined\. Allowed: an object with table/],
    ['orders', /Its options are "orders"/],
    [null, /Its options are null/],
  ])('%j: a ConfigError that says what was given and what is allowed', (options, message) => {
    let error: unknown
    try {
      start(options)
    } catch (thrown) {
      error = thrown
    }
    expect(error).toMatchObject({ code: 'CONFIG', message: expect.stringMatching(message) })
  })
})

test.each([
  'orders',
  'a.b-c_D9',
  'x'.repeat(255),
  'arn:aws:dynamodb:eu-central-1:123456789012:table/name',
  'arn:aws-cn:dynamodb:cn-north-1:123456789012:table/na.me',
  'arn:aws-us-gov:dynamodb:us-gov-west-1:123456789012:table/na-me_9',
  'arn:aws-iso-b:dynamodb:us-isob-east-1:123456789012:table/name',
])('the table %s is taken', (table) => {
  expect(() => start({ table, client, batching: true, runtime: systemRuntime })).not.toThrow()
  expect(() => start({ table, client: undefined, batching: undefined, runtime: undefined })).not.toThrow()
})
