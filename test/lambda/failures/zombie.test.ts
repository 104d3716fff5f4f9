import { describe, expect, it } from 'vitest'
import { manualClock } from '../../../src/testing/manual-clock.ts'
import { settled } from '../../engine/rig.ts'
import { STALE_MS, world } from './sandboxes.ts'

const REPORTED = { batchItemFailures: [{ itemIdentifier: 'A' }] }
const ACKNOWLEDGED = { batchItemFailures: [] }

/** An environment that is frozen while its handler runs, and another that takes its message over. */
async function frozen(options: { remainingMs?: number | undefined } = {}) {
  const made = world()
  const { sandbox, clock, store } = made
  // Frozen: its clock stands still, and so does all that it waits for.
  // Another seed, or its owner tokens would be those of the other clock.
  const ownClock = manualClock({ seed: 2 })
  const thaw = Promise.withResolvers<void>()
  const signals: AbortSignal[] = []
  const zombie = sandbox('zombie', {
    clock: ownClock,
    work: (_message, claim) => {
      signals.push(claim.signal)
      return thaw.promise
    },
    ...options,
  })
  const response = zombie.deliver()
  await settled()
  await clock.advance(options.remainingMs === undefined && 'remainingMs' in options ? 70_000 : STALE_MS)
  const gate = Promise.withResolvers<void>()
  const taker = sandbox('taker', { work: () => gate.promise })
  const takersResponse = taker.deliver(2)
  await settled()
  const held = store.records()[0]
  expect(held).toMatchObject({ status: 'IN_PROGRESS', attempts: 2 })
  return { ...made, zombie, ownClock, thaw, signals, response, taker, gate, takersResponse, held }
}

describe('sandbox frozen with pending work and thawed', () => {
  it('zombie completes while another owns the record: lease lost, reported, nothing written', async () => {
    const { store, zombie, thaw, response, held, gate, takersResponse } = await frozen()
    thaw.resolve()
    expect(await response).toEqual(REPORTED)
    expect(zombie.outcome()).toBe('lease-lost')
    expect(store.records()).toEqual([held])
    gate.resolve()
    expect(await takersResponse).toEqual(ACKNOWLEDGED)
  })

  it('zombie completes after another has completed: acknowledged, and told as a duplicate effect', async () => {
    const { store, zombie, thaw, response, gate, takersResponse } = await frozen()
    gate.resolve()
    expect(await takersResponse).toEqual(ACKNOWLEDGED)
    const completed = store.records()
    thaw.resolve()
    expect(await response).toEqual(ACKNOWLEDGED)
    expect(zombie.notices()).toContain('duplicate-effect')
    expect(store.records()).toEqual(completed)
  })

  it('zombie fails: it releases nothing that is not its own', async () => {
    const { store, zombie, thaw, response, held, gate, takersResponse, effects } = await frozen()
    thaw.reject(new Error('connection reset while frozen'))
    expect(await response).toEqual(REPORTED)
    expect(zombie.outcome()).toBe('failed')
    expect(store.records()).toEqual([held])
    gate.resolve()
    expect(await takersResponse).toEqual(ACKNOWLEDGED)
    expect(effects).toEqual(['zombie', 'taker'])
  })

  it('zombie extends: its lease is lost, its signal aborts, nothing written', async () => {
    const { store, ownClock, thaw, signals, response, held, zombie } = await frozen({
      remainingMs: undefined,
    })
    await ownClock.advance(61_000 / 3)
    expect(signals.map(({ aborted }) => aborted)).toEqual([true])
    expect(store.records()).toEqual([held])
    thaw.resolve()
    expect(await response).toEqual(REPORTED)
    expect(zombie.outcome()).toBe('lease-lost')
  })

  it('zombie wakes after its deadline: no store call at all, only a notice', async () => {
    const { store, zombie, ownClock, thaw, response, held } = await frozen()
    await ownClock.advance(STALE_MS)
    expect(await response).toEqual(REPORTED)
    thaw.resolve()
    await ownClock.advance(60_000)
    expect(zombie.notices()).toContain('late-settlement')
    expect(store.records()).toEqual([held])
  })
})
