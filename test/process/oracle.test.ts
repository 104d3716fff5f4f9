import { beforeEach, describe, expect, test } from 'vitest'
import type { Evidence, LoggedFault } from './evidence.ts'
import type { Entry } from './journal.ts'
import { judge } from './oracle.ts'
import { recordId } from './record-id.ts'
import { BATCH_SIZE } from './settings.ts'

let evidence: { -readonly [Name in keyof Evidence]: Evidence[Name] }

const ONE = recordId('one')

/** Done at 1,000 by worker 10, its first attempt. */
function effect(values: Partial<Entry<'effect'>> = {}): Entry<'effect'> {
  return {
    type: 'effect',
    messageId: 'one',
    pid: 10,
    attempt: 1,
    fence: 500,
    deadline: 4_000,
    startedAt: 990,
    time: 1_000,
    ...values,
  }
}

function end(values: Partial<Entry<'end'>> = {}): Entry<'end'> {
  return { type: 'end', messageId: 'one', pid: 10, attempt: 1, outcome: 'completed', time: 1_010, ...values }
}

function fault(values: Partial<LoggedFault> = {}): LoggedFault {
  return { kind: 'half-open', operation: 'UpdateItem', ids: [ONE], time: 1_500, ...values }
}

const again = effect({ pid: 11, attempt: 2, fence: 501, startedAt: 6_990, time: 7_000 })
const record = { id: ONE, status: 'COMPLETED', fence: 500, attempts: 1, leaseUntil: undefined }

/** Message `one` had its effect twice; the end of the first claim is not known. */
function repeated(): void {
  evidence.effects = [effect(), again]
  evidence.ends = [end({ pid: 11, attempt: 2, time: 7_010 })]
  evidence.records = [{ ...record, fence: 501, attempts: 2 }]
}

/** The same, and worker 10 could not find out whether its completion had landed. */
function unknown(): void {
  repeated()
  evidence.ends = [end({ outcome: 'unknown-completion', time: 3_000 }), ...evidence.ends]
}

beforeEach(() => {
  evidence = {
    sent: new Set(['one']),
    effects: [effect()],
    ends: [end()],
    noAnswers: [],
    memory: [],
    unreadable: 0,
    kills: [],
    faults: [],
    outages: [],
    unanswered: 0,
    looks: [],
    failedInvocations: [],
    left: 0,
    deadLetters: [],
    heldByWorker: BATCH_SIZE,
    records: [record],
    seconds: 10,
  }
})

test('a run in which everything is as it must be has no violation', () => {
  expect(judge(evidence)).toMatchObject({ extraEffects: [], violations: [] })
})

describe('each of these is a violation', () => {
  const samples = (bytes: (index: number) => number) =>
    Array.from({ length: 40 }, (_, index): Entry<'memory'> => {
      return { type: 'memory', pid: 10, heap: bytes(index), rss: 100e6, time: index }
    })
  const cases: [string, () => unknown, string][] = [
    ['a lost message', () => (evidence.effects = []), 'was lost: it never had its effect'],
    ['a queue that was not drained', () => (evidence.left = 3), '3 messages are still in the queue'],
    ['a message in the dead-letter queue', () => (evidence.deadLetters = ['one']), 'dead-letter queue'],
    ['an effect for nothing that was sent', () => (evidence.sent = new Set()), 'but was never sent'],
    ['a torn line', () => (evidence.unreadable = 1), 'are torn'],
    ['a message without a record', () => (evidence.records = []), 'has no record'],
    [
      'a record in progress',
      () => (evidence.records = [{ ...record, status: 'IN_PROGRESS', leaseUntil: 9 }]),
      'is IN_PROGRESS, with a lease',
    ],
    [
      'a completed record that kept its lease',
      () => (evidence.records = [{ ...record, leaseUntil: 9 }]),
      'still has a lease',
    ],
    [
      'a record nobody asked for',
      () => (evidence.records = [record, { ...record, id: 'other' }]),
      '2 records of 1 messages',
    ],
    [
      'a completion by a claim that had no effect',
      () => (evidence.records = [{ ...record, fence: 501, attempts: 2 }]),
      'but its last effect is of attempt 1',
    ],
    [
      'a message that ran twice at once',
      () => {
        repeated()
        evidence.effects = [effect(), { ...again, startedAt: 999 }]
        evidence.kills = [{ pid: 10, time: 1_005, cause: 'plan' }]
      },
      'one ran twice at once: attempt 2 began 1 ms before the effect of attempt 1',
    ],
    [
      'a fence that goes back',
      () => {
        repeated()
        evidence.effects = [effect({ fence: 600 }), again]
        evidence.kills = [{ pid: 10, time: 1_005, cause: 'plan' }]
      },
      '(fence 501) after one of attempt 1 (fence 600)',
    ],
    [
      'a worker that ended by itself',
      () => (evidence.failedInvocations = [{ reason: 'crashed', error: 'exited with code 1', pid: 10 }]),
      'exited with code 1',
    ],
    [
      'a worker that ended by itself before it was ready',
      () => (evidence.failedInvocations = [{ reason: 'init', error: 'no such module', pid: undefined }]),
      'no such module',
    ],
    [
      'a function that threw, even if its worker was killed later',
      () => {
        evidence.failedInvocations = [{ reason: 'threw', error: 'TypeError', pid: 10 }]
        evidence.kills = [{ pid: 10, time: 2_000, cause: 'plan' }]
      },
      'TypeError',
    ],
    ['a heap that grows', () => (evidence.memory = samples((index) => 20e6 + index * 1e6)), 'The heap of'],
    [
      'an RSS that grows',
      () => (evidence.memory = samples(() => 20e6).map((one) => ({ ...one, rss: 1e8 + one.time * 2e6 }))),
      'The rss of',
    ],
    [
      'a long run in which no memory was judged',
      () => (evidence.seconds = 60),
      'No worker lived long enough',
    ],
  ]
  test.each(cases)('%s', (_name, doctor, complaint) => {
    doctor()
    const { violations } = judge(evidence)
    expect(violations.join('\n')).toContain(complaint)
  })
})

describe('a repeated effect', () => {
  test('is a violation when nothing was killed or disturbed', () => {
    repeated()
    expect(judge(evidence)).toMatchObject({
      extraEffects: [],
      violations: [expect.stringContaining('nothing explains it')],
    })
  })

  test('is explained by the kill of its worker before the message had ended', () => {
    repeated()
    const kill = { pid: 10, time: 1_005, cause: 'plan' } as const
    evidence.kills = [{ pid: 12, time: 1_003, cause: 'plan' }, kill]
    expect(judge(evidence)).toMatchObject({
      violations: [],
      extraEffects: [
        { messageId: 'one', effect: { pid: 10 }, next: { pid: 11 }, cause: { kind: 'killed', kill } },
      ],
    })
  })

  test.each([
    ['of another worker', { pid: 12, time: 1_005, cause: 'plan' } as const],
    ['before the effect', { pid: 10, time: 500, cause: 'plan' } as const],
    ['after the repetition', { pid: 10, time: 8_000, cause: 'plan' } as const],
  ])('is not explained by a kill %s', (_name, kill) => {
    repeated()
    evidence.kills = [kill]
    expect(judge(evidence).violations).toEqual([expect.stringContaining('nothing explains it')])
  })

  test('is a violation after a confirmed completion, even if the worker was killed then', () => {
    repeated()
    evidence.ends = [end(), ...evidence.ends]
    evidence.kills = [{ pid: 10, time: 1_020, cause: 'plan' }]
    expect(judge(evidence).violations).toEqual([expect.stringContaining('it had ended as completed')])
  })

  test('is a violation when the record was seen COMPLETED before, even if the worker was killed', () => {
    repeated()
    evidence.kills = [{ pid: 10, time: 1_005, cause: 'plan' }]
    evidence.looks = [{ time: 1_100, statuses: new Map([['one', 'COMPLETED']]) }]
    expect(judge(evidence).violations).toEqual([
      expect.stringContaining('its record was COMPLETED 5900 ms before'),
    ])
    evidence.looks = [{ time: 1_100, statuses: new Map([['one', 'IN_PROGRESS']]) }]
    expect(judge(evidence).violations).toEqual([])
  })

  test('is explained by faults that left its completion unknown, and names them', () => {
    unknown()
    evidence.faults = [fault()]
    expect(judge(evidence)).toMatchObject({
      violations: [],
      extraEffects: [{ cause: { kind: 'unknown-completion', faults: [fault()] } }],
    })
  })

  test.each([
    ['about another record', fault({ ids: [recordId('two')] })],
    ['before the effect', fault({ time: 800 })],
    ['after the answer', fault({ time: 3_500 })],
  ])('with an unknown completion is not explained by a fault %s', (_name, other) => {
    unknown()
    evidence.faults = [other]
    expect(judge(evidence).violations).toEqual([
      expect.stringContaining('no fault, no outage and no lack of time explains why'),
    ])
  })

  test('is explained by a store that was down, but not by one that was down at another time', () => {
    unknown()
    evidence.outages = [{ from: 900, to: 1_200 }]
    expect(judge(evidence)).toMatchObject({
      violations: [],
      extraEffects: [{ cause: { kind: 'store-down' } }],
    })
    evidence.outages = [{ from: 3_500, to: 4_000 }]
    expect(judge(evidence).violations).toEqual([
      expect.stringContaining('no fault, no outage and no lack of time explains why'),
    ])
  })

  test('is explained by a machine too busy to answer in time, from the journal of its worker alone', () => {
    unknown()
    const silent = { type: 'no-answer', operation: 'UpdateItem', ids: [ONE], time: 1_800, pid: 10 } as const
    evidence.noAnswers = [silent]
    expect(judge(evidence)).toMatchObject({
      violations: [],
      extraEffects: [{ cause: { kind: 'slow', noAnswers: 1 } }],
    })
    for (const other of [{ pid: 11 }, { time: 900 }, { time: 3_100 }, { ids: [recordId('two')] }]) {
      evidence.noAnswers = [{ ...silent, ...other }]
      expect(judge(evidence).violations).toEqual([expect.stringContaining('no lack of time explains why')])
    }
  })

  test('is explained by a batch that ran out of time', () => {
    unknown()
    evidence.effects = [effect({ deadline: 3_000 }), again]
    expect(judge(evidence)).toMatchObject({
      violations: [],
      extraEffects: [{ cause: { kind: 'slow', noAnswers: 0, outOfTime: true } }],
    })
  })

  test('is a violation when one kill would explain more of them than a batch holds', () => {
    const ids = Array.from({ length: BATCH_SIZE + 1 }, (_, index) => `m${index}`)
    evidence.sent = new Set(ids)
    evidence.effects = ids.flatMap((messageId) => [effect({ messageId }), { ...again, messageId }])
    evidence.ends = []
    evidence.records = ids.map((id) => ({ ...record, id: recordId(id), fence: 501, attempts: 2 }))
    evidence.kills = [{ pid: 10, time: 1_005, cause: 'plan' }]
    expect(judge(evidence).violations).toEqual([
      `${BATCH_SIZE + 1} effects of worker 10 were repeated after one kill.`,
    ])
  })

  test('is a violation when there are more of them than kills, ambiguous faults and unanswered requests', () => {
    const ids = Array.from({ length: 60 }, (_, index) => `m${index}`)
    const pid = (index: number) => 100 + Math.floor(index / 6)
    evidence.sent = new Set(ids)
    evidence.effects = ids.flatMap((messageId, index) => [
      effect({ messageId, pid: pid(index) }),
      { ...again, messageId },
    ])
    evidence.ends = []
    evidence.records = ids.map((id) => ({ ...record, id: recordId(id), fence: 501, attempts: 2 }))
    evidence.kills = Array.from({ length: 50 }, (_, index) => ({
      pid: 100 + index,
      time: 1_005,
      cause: 'plan',
    }))
    evidence.faults = [fault({ kind: 'throttle' })]
    expect(judge(evidence).violations).toEqual([expect.stringContaining('60 effects were repeated')])
    evidence.unanswered = 9
    evidence.faults = [fault({ kind: 'drop-answer' })]
    expect(judge(evidence).violations).toEqual([])
  })
})

test('memory that stays flat after warming up is no violation', () => {
  evidence.seconds = 60
  evidence.memory = Array.from({ length: 40 }, (_, index): Entry<'memory'> => {
    const warm = index < 10 ? index * 1e6 : 10e6
    return { type: 'memory', pid: 10, heap: 10e6 + warm, rss: 9e7 + warm, time: index }
  })
  const { memory, violations } = judge(evidence)
  expect(violations).toEqual([])
  expect(memory.workers).toEqual([{ pid: 10, samples: 40, heap: [20e6, 20e6], rss: [1e8, 1e8] }])
})
