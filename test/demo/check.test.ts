import { beforeEach, describe, expect, test } from 'vitest'
import type { LedgerEntry } from '../../examples/orders/charge.ts'
import { check } from '../../examples/orders/demo/check.ts'
import type { Line } from '../../examples/orders/demo/input.ts'
import { type InvocationEntry, Journal } from '../../examples/orders/demo/journal.ts'
import type { RunResult } from '../../examples/orders/demo/run.ts'
import { orderLines } from './run-demo.ts'

const [orderText = ''] = orderLines
const order = JSON.parse(orderText)
const { orderId, totalCents } = order

let result: { -readonly [Name in keyof RunResult]: RunResult[Name] }
let journal: Journal

const good: Line = { number: 1, text: orderText, order }
const bad: Line = { number: 2, text: 'not JSON', order: undefined }

function charge(values: Partial<LedgerEntry> = {}): LedgerEntry {
  return {
    orderId,
    messageId: 'good',
    cents: totalCents,
    currency: 'USD',
    chargeKey: 'k',
    pid: 10,
    attempt: 1,
    fence: 1,
    time: 1_000,
    ...values,
  }
}

const second = charge({ pid: 11, attempt: 2, fence: 2, time: 9_000 })

/** The invocation of the first charge, by worker 10. */
function invoked(values: Partial<InvocationEntry>): void {
  journal.invocations.set('r1', {
    requestId: 'r1',
    pid: 10,
    messageIds: ['good'],
    startedAt: 900,
    outcome: { kind: 'returned', payload: '{}' },
    killedAt: undefined,
    statusAfterwards: undefined,
    ...values,
  })
}

const crashed = { kind: 'failed', reason: 'crashed', error: 'SIGKILL' } as const

beforeEach(() => {
  journal = new Journal()
  result = {
    lines: [good, bad],
    sent: new Map([
      ['good', good],
      ['bad', bad],
    ]),
    journal,
    ledger: [charge()],
    deadLetters: ['bad'],
    statuses: new Map([[orderId, 'COMPLETED']]),
    left: 0,
    seconds: 1,
    // Not looked at by the checks.
    queue: {} as RunResult['queue'],
    requests: {} as RunResult['requests'],
  }
})

test('a run in which everything is as it must be has no violation', () => {
  expect(check(result)).toEqual({ extraCharges: [], violations: [] })
})

describe('each of these is a violation', () => {
  const cases: [string, () => void, string][] = [
    ['an order never charged', () => (result.ledger = []), 'was lost'],
    [
      'a charge for no order',
      () => (result.ledger = [charge(), charge({ orderId: 'ORD-999999' })]),
      'no valid order',
    ],
    [
      'a charge for a message nobody sent',
      () => (result.ledger = [charge({ messageId: 'x' })]),
      'nobody sent',
    ],
    ['another amount', () => (result.ledger = [charge({ cents: 1 })]), 'not its total'],
    [
      'a record that is not COMPLETED',
      () => (result.statuses = new Map([[orderId, 'IN_PROGRESS']])),
      'is IN_PROGRESS',
    ],
    ['a message left over', () => (result.left = 1), '1 messages are still in the queue'],
    ['an invalid line that vanished', () => (result.deadLetters = []), 'did not reach the dead-letter queue'],
    ['a valid line dead-lettered', () => (result.deadLetters = ['bad', 'good']), 'Line 1 is valid'],
    ['a repeat nothing explains', () => repeat({}), 'nothing explains it'],
    [
      'a repeat after an invocation unknown to us',
      () => (result.ledger = [charge(), second]),
      'nothing explains it',
    ],
    [
      'a repeat after a kill before the charge',
      () => repeat({ outcome: crashed, killedAt: 999 }),
      'nothing explains it',
    ],
    [
      'a repeat although the record was COMPLETED',
      () =>
        repeat({ outcome: crashed, killedAt: 1_005, statusAfterwards: new Map([[orderId, 'COMPLETED']]) }),
      'although its record was COMPLETED',
    ],
    [
      'two derived keys',
      () => repeat({ outcome: crashed, killedAt: 1_005 }, { chargeKey: 'other' }),
      'under two derived keys',
    ],
    [
      'an older claim charging after a newer one',
      () => repeat({ outcome: crashed, killedAt: 1_005 }, { time: 999 }),
      'by an older claim after a newer one',
    ],
  ]
  test.each(cases)('%s', (_name, spoil, sentence) => {
    spoil()
    expect(check(result).violations.join(' ')).toContain(sentence)
  })

  test('an order charged in two versions', () => {
    const other: Line = { number: 3, text: `${orderText} `, order }
    result.lines = [good, bad, other]
    result.sent = new Map([...result.sent, ['other', other]])
    repeat({ outcome: crashed, killedAt: 1_005 }, { messageId: 'other' })
    expect(check(result).violations.join(' ')).toContain('charged in two versions')
  })
})

describe('each of these explains a repeat', () => {
  test('a kill between the charge and its completion', () => {
    repeat({ outcome: crashed, killedAt: 1_005, statusAfterwards: new Map([[orderId, 'IN_PROGRESS']]) })
    expect(check(result)).toEqual({
      violations: [],
      extraCharges: [{ orderId, charge: charge(), next: second, cause: 'killed', killedAt: 1_005 }],
    })
  })

  test.each<[string, () => void]>([
    ['timeout', () => repeat({ outcome: { kind: 'failed', reason: 'timeout', error: '' } })],
    ['unknown-completion', () => repeat({}) && journal.unknownCompletions.add('good')],
    ['outlived', () => repeat({}) && journal.outlived.add('good')],
  ])('%s', (cause, arrange) => {
    arrange()
    expect(check(result)).toMatchObject({ violations: [], extraCharges: [{ cause }] })
  })
})

test('the version of an order that was not charged belongs in the dead-letter queue', () => {
  const other: Line = { number: 3, text: `${orderText} `, order }
  result.lines = [good, bad, other]
  result.sent = new Map([...result.sent, ['other', other]])
  expect(check(result).violations).toEqual([
    'Line 3 is a second version, but did not reach the dead-letter queue.',
  ])
  result.deadLetters = ['bad', 'other']
  expect(check(result).violations).toEqual([])
})

function repeat(invocation: Partial<InvocationEntry>, again: Partial<LedgerEntry> = {}): true {
  invoked(invocation)
  result.ledger = [charge(), { ...second, ...again }]
  return true
}
