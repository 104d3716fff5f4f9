import { describe, expect, it } from 'vitest'
import { settled } from '../../engine/rig.ts'
import { STALE_MS, world } from './sandboxes.ts'

const REPORTED = { batchItemFailures: [{ itemIdentifier: 'A' }] }
const ACKNOWLEDGED = { batchItemFailures: [] }

describe('crash', () => {
  it('before the claim is sent: nothing was done, the redelivery runs at once', async () => {
    const { sandbox, store, effects } = world()
    void sandbox('dying', { dies: 'before claim' }).deliver()
    await settled()
    expect(store.records()).toEqual([])
    expect(await sandbox('next').deliver(2)).toEqual(ACKNOWLEDGED)
    expect(effects).toEqual(['next'])
  })

  it('after it landed: the redelivery is busy until lease and margin are past, then takes over; one effect', async () => {
    const { sandbox, store, effects, clock } = world()
    void sandbox('dying', { dies: 'after claim' }).deliver()
    await settled()
    expect(store.records()).toMatchObject([{ status: 'IN_PROGRESS', attempts: 1 }])

    const next = sandbox('next')
    await clock.advance(STALE_MS - 1)
    expect(await next.deliver(2)).toEqual(REPORTED)
    expect(next.outcome()).toBe('busy')
    expect(effects).toEqual([])

    await clock.advance(1)
    expect(await next.deliver(3)).toEqual(ACKNOWLEDGED)
    expect(next.notices()).toEqual(['takeover'])
    expect(effects).toEqual(['next'])
    expect(store.records()).toMatchObject([{ status: 'COMPLETED', attempts: 2 }])
  })

  it('between effect and completion: the effect repeats, and the handler can tell', async () => {
    const { sandbox, effects, clock } = world()
    const seen: { attempt: number; fence: number; key: string }[] = []
    const work = (
      _message: unknown,
      claim: { attempt: number; fence: number; keyFor(name: string): string },
    ) => {
      seen.push({ attempt: claim.attempt, fence: claim.fence, key: claim.keyFor('payment') })
    }
    void sandbox('dying', { dies: 'before completion', work }).deliver()
    await clock.advance(STALE_MS)
    expect(await sandbox('next', { work }).deliver(2)).toEqual(ACKNOWLEDGED)
    expect(effects).toEqual(['dying', 'next'])
    const [first, second] = seen
    expect(seen.map(({ attempt }) => attempt)).toEqual([1, 2])
    // What closes the gap: a key that stays and a fence that grows.
    expect(second?.key).toBe(first?.key)
    expect(second?.fence).toBeGreaterThan(first?.fence ?? Infinity)
  })

  it('after completion, before the response: the redelivery is a duplicate; one effect', async () => {
    const { sandbox, effects } = world()
    void sandbox('dying', { dies: 'after completion' }).deliver()
    await settled()
    const next = sandbox('next')
    expect(await next.deliver(2)).toEqual(ACKNOWLEDGED)
    expect(next.outcome()).toBe('duplicate')
    expect(effects).toEqual(['dying'])
  })

  it('of the taker-over as well: the third attempt completes', async () => {
    const { sandbox, store, effects, clock } = world()
    for (const [name, count] of [
      ['first', 1],
      ['second', 2],
    ] as const) {
      void sandbox(name, { dies: 'before completion' }).deliver(count)
      await clock.advance(STALE_MS)
    }
    expect(await sandbox('third').deliver(3)).toEqual(ACKNOWLEDGED)
    expect(effects).toEqual(['first', 'second', 'third'])
    expect(store.records()).toMatchObject([{ status: 'COMPLETED', attempts: 3 }])
  })
})

describe('Lambda timeout mid-batch', () => {
  it('kills what runs: the record stays leased, and the redelivery takes over after it', async () => {
    const { sandbox, store, effects, clock } = world()
    // A handler that blocks the process: no timer of ours runs before Lambda's kill.
    const dying = sandbox('dying', { work: () => new Promise(() => {}), remainingMs: 10_000 })
    void dying.deliver()
    await settled()
    expect(store.records()).toMatchObject([{ status: 'IN_PROGRESS', leaseUntil: clock.now() + 11_000 }])
    const next = sandbox('next')
    await clock.advance(10_700)
    // Killed 0.7 s late; the grace covers it.
    expect(await next.deliver(2)).toEqual(REPORTED)
    await clock.advance(STALE_MS - 10_700)
    expect(await next.deliver(3)).toEqual(ACKNOWLEDGED)
    expect(effects).toEqual(['dying', 'next'])
  })

  it('that is seen coming: reported and left leased, never released', async () => {
    const { sandbox, store, clock } = world()
    const slow = sandbox('slow', { work: () => new Promise(() => {}) })
    const response = slow.deliver()
    await clock.advance(9_500)
    expect(await response).toEqual(REPORTED)
    expect(slow.outcome()).toBe('unsettled')
    expect(store.records()).toMatchObject([{ status: 'IN_PROGRESS' }])
    expect(await sandbox('next').deliver(2)).toEqual(REPORTED)
  })
})
