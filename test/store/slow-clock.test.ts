import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { dynamoStore } from '../../src/index.ts'
import { type ManualClock, manualClock } from '../../src/testing/index.ts'
import { call, request, stuck } from './asks.ts'
import { type LocalTable, startLocalTable } from './local-table.ts'
import { type Tap, type TappedClient, tappedClient } from './tapped-client.ts'

const SLOW_MS = 20_000

let local: LocalTable
let client: TappedClient

beforeAll(async () => {
  local = await startLocalTable()
  client = tappedClient(local.client)
})
afterAll(() => local.stop())
beforeEach(() => client.reset())

describe.each([
  ['alone', 1],
  ['beside another', 2],
])('a host that waited long for its first answer, asked for a stuck message %s', (_, count) => {
  it('looks once more before it takes over', async () => {
    const { record, ask } = await hostAt(0, slowAnswers(1))
    expect(await ask(count)).toMatchObject({ kind: 'claimed', origin: 'takeover' })
    expect(reads()).toBe(count === 1 ? 1 : 2)
    expect(await local.get(record.id)).toMatchObject({ attempts: 2 })
  })

  it('finds out by that look that its clock is off, and goes by the server’s', async () => {
    const live = { leaseUntil: Date.now() + 60_000 }
    const { record, ask, notices } = await hostAt(120_000, slowAnswers(1), live)
    expect(await ask(count)).toEqual({ kind: 'busy', leaseUntil: record.leaseUntil, reason: 'lease' })
    expect(notices.map(({ kind }) => kind)).toEqual(['clock-skew'])
  })

  it('takes nothing over while every answer is slow, and accuses no clock', async () => {
    const { record, ask, notices } = await hostAt(0, slowAnswers(Infinity))
    expect(await ask(count)).toEqual({ kind: 'busy', leaseUntil: record.leaseUntil, reason: 'clock-skew' })
    expect(notices).toEqual([])
  })

  it.each([
    ['FAILED', { status: 'FAILED' }, { kind: 'claimed', origin: 'retry' }],
    ['COMPLETED', { status: 'COMPLETED', leaseUntil: undefined }, { kind: 'duplicate' }],
    ['held', { leaseUntil: Date.now() + 60_000 }, { kind: 'busy', reason: 'lease' }],
  ])('does not ask again for what does not rest on the clock: %s', async (_name, changes, outcome) => {
    const { ask } = await hostAt(0, slowAnswers(1), changes)
    expect(await ask(count)).toMatchObject(outcome)
    expect(reads()).toBe(count === 1 ? 0 : 1)
  })

  it('says so when that look finds nothing readable', async () => {
    const { ask } = await hostAt(
      0,
      slowAnswers(1, () => Promise.reject(new Error('gone'))),
    )
    expect(await ask(count)).toMatchObject({ kind: 'unavailable', error: new Error('gone') })
    // Nothing is written for it on the strength of a look that failed.
    expect(count === 1 && client.operations().at(-1)).toBe(count === 1 && 'GetItem')
  })
})

describe('a host that waited long for the answer to its first claim', () => {
  const fresh = () => request({ redelivered: false })

  it('looks at what it was granted before it says so, and knows the time', async () => {
    const { store, clock, notices, context } = await hostAt(120_000, slowAnswers(1))
    const [outcome] = await store.claim([fresh()], context)
    expect(outcome).toMatchObject({ kind: 'claimed', origin: 'fresh' })
    expect(client.operations().at(-1)).toBe('GetItem')
    expect(notices.map(({ kind }) => kind)).toEqual(['clock-skew'])
    expect(Math.abs((store.now?.() ?? 0) - (clock.now() - 120_000))).toBeLessThan(3_000)
  })

  it('looks once for all that it was granted', async () => {
    const { store, context } = await hostAt(0, slowAnswers(1))
    const outcomes = await store.claim([fresh(), fresh(), fresh()], context)
    expect(outcomes.map(({ kind }) => kind)).toEqual(['claimed', 'claimed', 'claimed'])
    expect(reads()).toBe(1)
  })

  it('goes on by its own clock after two more slow answers: a slow table must not stop everything', async () => {
    const { store, context } = await hostAt(0, slowAnswers(Infinity))
    expect(await store.claim([fresh()], context)).toMatchObject([{ kind: 'claimed' }])
    expect(reads()).toBe(2)
  })
})

type Answer = () => Promise<unknown>
type Dated = { readonly $metadata: { serverDate?: number } }

/** The first answers take twenty seconds of the wall clock, as they do for a host that was frozen meanwhile. */
function slowAnswers(slow: number, then?: Answer): (clock: ManualClock) => Tap {
  return (clock) => {
    let count = 0
    return async (_call, forward) => {
      if (++count > slow) return then === undefined ? forward() : then()
      const stamp = (answer: unknown): void => {
        clock.set(clock.now() + SLOW_MS)
        // Every answer and every error of the service has metadata.
        const { $metadata } = answer as Dated
        $metadata.serverDate = clock.now() - SLOW_MS / 2
      }
      try {
        const answer = await forward()
        stamp(answer)
        return answer
      } catch (error) {
        stamp(error)
        throw error
      }
    }
  }
}

async function hostAt(offsetMs: number, taps: (clock: ManualClock) => Tap, changes = {}) {
  const record = stuck(changes)
  await local.put(record)
  const clock = manualClock({ now: Date.now() + offsetMs - SLOW_MS, timers: 'system' })
  client.tap(taps(clock))
  const store = dynamoStore({ table: local.table, client, runtime: clock })
  const { context, notices } = call()
  const ask = async (count: number) => {
    const asked = [request({ id: record.id, redelivered: true }), request({ redelivered: true })]
    const [outcome] = await store.claim(asked.slice(0, count), context)
    return outcome
  }
  return { record, ask, notices, store, clock, context }
}

function reads(): number {
  return client.operations().filter((operation) => operation.includes('Get')).length
}
