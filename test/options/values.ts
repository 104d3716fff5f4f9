import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import * as z from 'zod'
import { systemRuntime } from '../../src/runtime/system.ts'

class Store {
  claim() {}
  settle() {}
}

const call = () => {}

/** A schema that is a function, as arktype's are. */
const callable = Object.assign(() => {}, { '~standard': { version: 1, vendor: 'test', validate() {} } })

/** For each option some values that it may have: the ends of ranges, classes, functions with properties. */
export const RIGHT: Readonly<Record<string, readonly unknown[]>> = {
  table: ['abc', 'orders-idempotency', 'A.b_c-9', 'x'.repeat(255)],
  store: [new Store(), { claim() {}, settle() {}, other: 1 }],
  client: [
    new DynamoDBClient({ region: 'eu-central-1' }),
    { send() {} },
    Object.assign(() => {}, { send() {} }),
  ],
  namespace: ['a', 'charge-orders', 'A.b_c-9', 'x'.repeat(64)],
  ttl: [1, 0.5, '14d', '250ms'],
  key: [call, function named() {}, class {}],
  schema: [z.object({}), z.string(), callable],
  envelope: ['sns', 'eventbridge', 's3', call, async () => undefined],
  fingerprint: ['body', false, call],
  concurrency: [1, 10, 1_000],
  fifo: ['group', 'batch'],
  maxAttempts: [1, 1_000],
  onStoreUnavailable: ['fail', 'run'],
  clockErrorMs: [0, 60_000],
  leaseGraceMs: [0, 60_000],
  deadlineReserveMs: [100, 60_000],
  storeResult: [
    true,
    false,
    {},
    { maxBytes: 300_000, serialize: call, deserialize: call },
    { maxBytes: undefined },
  ],
  observer: [false, call],
  logger: [false, console, { info() {}, warn() {}, error() {} }],
  logErrors: ['name', 'message', 'stack'],
  runtime: [systemRuntime],
}

/** For each option some values that it may not have, just beyond the ends among them. */
export const WRONG: Readonly<Record<string, readonly unknown[]>> = {
  table: [
    '',
    'ab',
    'x'.repeat(256),
    'orders"',
    'a b c',
    'orders\n',
    'arn:aws:dynamodb:eu-central-1:1:table/x',
    5,
  ],
  store: ['orders', {}, { claim() {} }, { claim() {}, settle: true }, call],
  client: [{}, { send: 1 }, true],
  namespace: ['', 'x'.repeat(65), 'a#b', 'a/b', 'ä', 'a\n', 5],
  ttl: [0, -1, NaN, Infinity, '14 days', '15', {}],
  key: ['orderId', {}, true, async () => 'a', function* () {}, async function* () {}],
  schema: [{}, call, { validate() {} }, { '~standard': {} }, { '~standard': null }, 'z'],
  envelope: ['SNS', 'sqs', '', true, {}],
  fingerprint: [true, 'Body', {}, 1, async () => 'a', function* () {}],
  concurrency: [0, 1_001, 1.5, '10', NaN, Infinity],
  fifo: ['', 'Group', true],
  maxAttempts: [0, 1_001, 2.5, '3'],
  onStoreUnavailable: ['', 'open', true],
  clockErrorMs: [-1, 60_001, 0.5, '1s'],
  leaseGraceMs: [-1, 60_001, 0.5, '1s'],
  deadlineReserveMs: [-1, 0, 99, 60_001, 0.5, '1s'],
  storeResult: [
    'yes',
    1,
    { maxBytes: 0 },
    { maxBytes: 300_001 },
    { serialize: 'json' },
    { deserialize: null },
    { serialize: async () => '1' },
    { size: 1 },
  ],
  observer: [true, {}, 'emf'],
  logger: [true, {}, { info() {}, warn() {} }, call],
  logErrors: ['', 'Stack', true, false],
  runtime: [{}, { ...systemRuntime, token: 1 }, true],
}
