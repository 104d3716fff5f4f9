import { describe, expect, test } from 'vitest'
import { gaps } from './coverage.ts'
import type { LoggedFault } from './evidence.ts'
import { Killer } from './killer.ts'
import { loggedFaults } from './logged-faults.ts'
import type { SoakOptions } from './options.ts'
import { recordId, recordIdsIn } from './record-id.ts'
import type { SoakResult } from './run.ts'
import { Schedule } from './schedule.ts'
import { FAULT_RATES, FAULTS_UNTIL } from './settings.ts'
import { StoreKiller } from './store-killer.ts'

describe('a schedule', () => {
  test('brings every moment in order while the run goes on, none after the last share', () => {
    const schedule = new Schedule(1, 'kill', 50)
    const taken: number[] = []
    for (let step = 0; step <= 10; step += 1) {
      const share = (step / 10) * FAULTS_UNTIL
      for (let due = schedule.due(share); due !== undefined; due = schedule.due(share)) {
        taken.push(due)
        schedule.take()
      }
    }
    expect(taken).toEqual(Array.from({ length: 50 }, (_, index) => index))
    expect(schedule.due(1)).toBeUndefined()
  })

  test('has nothing due at the start and waits until a moment is taken', () => {
    const schedule = new Schedule(1, 'kill', 1)
    expect(schedule.due(0)).toBeUndefined()
    expect([schedule.due(1), schedule.due(1)]).toEqual([0, 0])
  })
})

/** Processes that do nothing but die. */
function herd(pids: readonly number[]) {
  const alive = new Set(pids)
  return { pids: () => [...alive], kill: (pid: number) => alive.delete(pid) }
}

async function drained(killer: Killer): Promise<void> {
  await expect.poll(() => killer.pending, { timeout: 20_000 }).toBe(0)
}

describe('the killer', () => {
  test('kills as many as planned and spares the oldest while others live', async () => {
    const workers = herd([1, 2, 3, 4])
    const killer = new Killer(7, 3, workers)
    killer.tick(1)
    expect(killer.pending).toBe(3)
    await drained(killer)
    expect(killer.kills.map(({ pid }) => pid).toSorted()).toEqual([2, 3, 4])
    expect(workers.pids()).toEqual([1])
  })

  test('waits for a victim, and in the end takes the spared one', async () => {
    const killer = new Killer(7, 1, herd([1]))
    killer.tick(1)
    await drained(killer)
    expect(killer.kills).toMatchObject([{ pid: 1, cause: 'plan' }])
  })

  test('strikes no more after stop', () => {
    const killer = new Killer(7, 5, herd([1, 2, 3]))
    killer.tick(1)
    killer.stop()
    expect([killer.pending, killer.kills.length]).toEqual([0, 0])
  })
})

describe('the killer of the store', () => {
  test('has one outage at a time, each written down when the store is back', async () => {
    const calls: string[] = []
    const store = {
      kill: async () => void calls.push('kill'),
      restart: async () => void calls.push('restart'),
    }
    const killer = new StoreKiller(1, 2, store)
    killer.tick(1)
    killer.tick(1)
    expect(calls).toEqual(['kill'])
    await killer.settled()
    expect([calls, killer.outages.length]).toEqual([['kill', 'restart'], 1])
    killer.tick(1)
    await killer.settled()
    expect(killer.outages).toHaveLength(2)
    for (const { from, to } of killer.outages) expect(to).toBeGreaterThan(from)
  })

  test('says so when the store does not come back', async () => {
    const restart = async () => {
      throw new Error('it stays down')
    }
    const killer = new StoreKiller(1, 1, { kill: async () => {}, restart })
    killer.tick(1)
    await killer.settled()
    expect(() => killer.tick(1)).toThrow('it stays down')
  })
})

test('every fault is written down with the records that its request names', () => {
  const log: LoggedFault[] = []
  const plan = loggedFaults(3, log)
  const [one, two] = [recordId('one'), recordId('two')]
  const body = Buffer.from(
    JSON.stringify({ Statements: [{ a: one }, { b: two }, { c: one }], NextToken: 'soak#x' }),
  )
  expect(recordIdsIn(body.toString())).toEqual([one, two])
  const faults = Array.from({ length: 2_000 }, (_, index) =>
    plan({ sequence: index + 1, operation: 'PutItem', body }),
  ).flatMap((fault) => fault?.kind ?? [])
  expect(log.map(({ kind }) => kind)).toEqual(faults)
  expect(new Set(faults)).toEqual(new Set(Object.keys(FAULT_RATES)))
  for (const { ids, operation } of log) expect([ids, operation]).toEqual([[one, two], 'PutItem'])
})

describe('a run that met less than planned', () => {
  const options = { messages: 2, kills: 40, restarts: 1 } as SoakOptions
  const kinds = Object.keys(FAULT_RATES)

  /** As `gaps` looks at it. */
  function result(changes: Record<string, unknown> = {}): SoakResult {
    return {
      evidence: {
        sent: new Set(['one', 'two']),
        kills: Array.from({ length: 40 }, () => ({ pid: 1, time: 1, cause: 'plan' })),
        outages: [{ from: 1, to: 2 }],
        faults: kinds.map((kind) => ({ kind })),
        ends: [{ outcome: 'duplicate' }],
        ...changes,
      },
      journals: { notices: [{ notice: 'takeover' }, { notice: 'own-write' }], ...changes },
      requests: { requests: 10_000 },
      due: { kills: 40, outages: 1 },
      // Nothing else is read.
    } as unknown as SoakResult
  }

  test('is told from one that met everything', () => expect(gaps(options, result())).toEqual([]))

  test.each([
    [{ sent: new Set(['one']) }, '1 of 2 messages were sent.'],
    [{ outages: [] }, '0 of 1 crashes of the store were carried out.'],
    [{ faults: kinds.slice(1).map((kind) => ({ kind })) }, 'No request met the fault drop-answer.'],
    [{ ends: [] }, 'No redelivery of a completed message was skipped.'],
    [{ notices: [{ notice: 'own-write' }] }, 'No stuck item was taken over.'],
    [{ notices: [{ notice: 'takeover' }] }, 'No write of its own was recognised after a lost answer.'],
  ])('%j', (changes, gap) => expect(gaps(options, result(changes))).toEqual([gap]))

  test('may send less in a given time, but owes what was due until then', () => {
    const timed = { ...options, minutes: 1, kills: 80, restarts: 5 }
    expect(gaps(timed, result({ sent: new Set(['one']) }))).toEqual([])
    expect(gaps(timed, result({ outages: [] }))).toEqual(['0 of 1 crashes of the store were carried out.'])
    expect(gaps(timed, result({ kills: [] }))).toEqual(['0 of 40 kills were carried out.'])
  })

  test('by kills of the plan, which kills at the timeout do not make up for', () => {
    const kills = Array.from({ length: 40 }, (_, index) => ({ cause: index ? 'plan' : 'timeout' }))
    expect(gaps(options, result({ kills }))).toEqual(['39 of 40 kills were carried out.'])
  })
})
