import { describe, expect, it } from 'vitest'
import { sqsHandler } from '../../src/lambda/sqs-handler.ts'
import { memoryStore } from '../../src/store/memory/memory-store.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { Gates, reported, rig, rigWith, settled, standard } from './rig.ts'

/** 60 s of open lease and 1 s of grace. */
const LEASE_MS = 61_000

function memoryRig() {
  const clock = manualClock()
  return rigWith(memoryStore({ runtime: clock }), clock)
}

describe('without a Lambda context, so that nobody knows the end', () => {
  it('runs and completes; the signal has no deadline', async () => {
    const { base, store } = memoryRig()
    let deadline = 0
    const response = await sqsHandler(base, (_message, claim) => {
      deadline = claim.deadline
    })(standard('A'), {})
    expect(reported(response)).toEqual([])
    expect(deadline).toBe(Infinity)
    expect(store.records()).toMatchObject([{ status: 'COMPLETED' }])
  })

  it('asks for no timer without an end: Node would let it fire at once', async () => {
    const { base, clock } = rig()
    const waits: number[] = []
    const runtime = {
      ...clock,
      after: (ms: number, callback: () => void) => {
        waits.push(ms)
        return clock.after(ms, callback)
      },
    }
    expect(reported(await sqsHandler({ ...base, runtime }, () => {})(standard('A'), {}))).toEqual([])
    expect(waits.length).toBeGreaterThan(0)
    expect(waits.every(Number.isFinite)).toBe(true)
  })

  it('extends the lease for as long as the handler runs', async () => {
    const { base, store, clock } = memoryRig()
    const gates = new Gates()
    const response = sqsHandler(base, gates.handler)(standard('A'), {})
    for (let minute = 0; minute < 10; minute++) {
      await clock.advance(60_000)
      const [record] = store.records()
      expect(record?.leaseUntil).toBeGreaterThan(clock.now())
    }
    gates.succeed('A')
    expect(reported(await response)).toEqual([])
    expect(clock.waiting).toBe(0)
  })

  it('extends the leases of records that still wait for their turn', async () => {
    const { base, store, clock } = memoryRig()
    const gates = new Gates()
    const response = sqsHandler({ ...base, concurrency: 1 }, gates.handler)(standard('A', 'B'), {})
    await clock.advance(10 * LEASE_MS)
    for (const { leaseUntil } of store.records()) expect(leaseUntil).toBeGreaterThan(clock.now())
    gates.succeed('A')
    await settled()
    expect(gates.begun).toEqual(['A', 'B'])
    gates.succeed('B')
    expect(reported(await response)).toEqual([])
  })

  it('aborts the signal of a message whose lease was lost, of no other, and reports it', async () => {
    const { base, store, clock, outcomes } = memoryRig()
    const aborted: string[] = []
    const gates = new Gates()
    const response = sqsHandler(base, (message, claim) => {
      claim.signal.addEventListener('abort', () => aborted.push(message.messageId))
      return gates.handler(message)
    })(standard('A', 'B'), {})
    await settled()
    const [taken] = store.records()
    if (taken === undefined) throw new Error('no record')
    store.put({ ...taken, owner: 'somebody else', fence: taken.fence + 1 })
    await clock.advance(LEASE_MS / 3)
    expect(aborted).toEqual(['A'])
    gates.succeed('A')
    gates.succeed('B')
    expect(reported(await response)).toEqual(['A'])
    expect(outcomes()).toEqual({ A: 'lease-lost', B: 'completed' })
    expect(store.get(taken.id)).toMatchObject({ owner: 'somebody else', status: 'IN_PROGRESS' })
  })

  it('does not start a record whose lease was lost while it waited', async () => {
    const { base, store, clock, outcomes } = memoryRig()
    const gates = new Gates()
    const response = sqsHandler({ ...base, concurrency: 1 }, gates.handler)(standard('A', 'B'), {})
    await settled()
    const taken = store.records()[1]
    if (taken === undefined) throw new Error('no record')
    store.put({ ...taken, owner: 'somebody else', fence: taken.fence + 1 })
    await clock.advance(LEASE_MS / 3)
    gates.succeed('A')
    gates.succeed('B')
    expect(reported(await response)).toEqual(['B'])
    expect(gates.begun).toEqual(['A'])
    expect(outcomes()).toEqual({ A: 'completed', B: 'lease-lost' })
  })

  it('does not start a record whose lease ended because no extension came through', async () => {
    const { base, store, clock, outcomes } = rig()
    store.settleScript = (settlement) =>
      settlement.kind === 'extend' ? { kind: 'unknown', error: new Error('no answer') } : undefined
    const gates = new Gates()
    const response = sqsHandler({ ...base, concurrency: 1 }, gates.handler)(standard('A', 'B'), {})
    await clock.advance(LEASE_MS)
    gates.succeed('A')
    expect(reported(await response)).toEqual(['B'])
    expect(gates.begun).toEqual(['A'])
    expect(outcomes()).toEqual({ A: 'completed', B: 'lease-lost' })
  })

  it('does not start what lost its own lease while the store was still answering the claim', async () => {
    const { base, store, clock, outcomes } = rig()
    store.claimScript = async () => {
      await clock.advance(LEASE_MS)
      return undefined
    }
    const gates = new Gates()
    expect(reported(await sqsHandler(base, gates.handler)(standard('A'), {}))).toEqual(['A'])
    expect(gates.begun).toEqual([])
    expect(outcomes()).toEqual({ A: 'lease-lost' })
  })

  it('tries the extension again after one that failed', async () => {
    const { base, store, clock } = rig()
    const gates = new Gates()
    const response = sqsHandler(base, gates.handler)(standard('A'), {})
    store.settleScript = () => ({ kind: 'unknown', error: new Error('no answer') })
    await clock.advance(LEASE_MS / 3)
    store.settleScript = () => undefined
    await clock.advance(LEASE_MS / 3)
    expect(store.settled('extend')).toEqual(['A', 'A'])
    gates.succeed('A')
    await response
  })

  it('survives a store that rejects an extension, and tries again', async () => {
    const { base, store, clock } = rig()
    const gates = new Gates()
    const response = sqsHandler(base, gates.handler)(standard('A'), {})
    store.settleScript = (settlement) =>
      settlement.kind === 'extend' ? Promise.reject(new Error('access denied')) : undefined
    await clock.advance(LEASE_MS)
    expect(store.settled('extend').length).toBeGreaterThanOrEqual(2)
    gates.succeed('A')
    expect(reported(await response)).toEqual([])
  })

  it('extends nothing for a record that has ended, and nothing at all after the answer', async () => {
    const { base, store, clock } = rig()
    const gates = new Gates()
    const response = sqsHandler(base, gates.handler)(standard('A', 'B'), {})
    gates.succeed('A')
    await clock.advance(LEASE_MS / 3)
    expect(store.settled('extend')).toEqual(['B'])
    gates.succeed('B')
    await response
    await clock.advance(10 * LEASE_MS)
    expect(store.settled('extend')).toEqual(['B'])
  })

  /** A batch of one that is done while an extension of its lease is under way. */
  async function extending() {
    const made = rig()
    const gates = new Gates()
    const extension = Promise.withResolvers<undefined>()
    made.store.settleScript = (settlement) => (settlement.kind === 'extend' ? extension.promise : undefined)
    let answered = false
    const response = sqsHandler(made.base, gates.handler)(standard('A'), {}).finally(() => {
      answered = true
    })
    await made.clock.advance(LEASE_MS / 3)
    gates.succeed('A')
    await settled()
    return { ...made, extension, response, isAnswered: () => answered }
  }

  it('answers only when no extension is under way any more, and extends nothing afterwards', async () => {
    const { clock, store, extension, response, isAnswered } = await extending()
    expect(store.settled('complete')).toEqual(['A'])
    expect(isAnswered()).toBe(false)
    extension.resolve(undefined)
    expect(reported(await response)).toEqual([])
    expect(clock.waiting).toBe(0)
  })

  it('answers all the same when a store does not keep the deadline of an extension', async () => {
    const { clock, extension, response, isAnswered } = await extending()
    await clock.advance(LEASE_MS / 3 - 1)
    expect(isAnswered()).toBe(false)
    await clock.advance(1)
    expect(reported(await response)).toEqual([])
    extension.resolve(undefined)
    await settled()
    expect(clock.waiting).toBe(0)
  })

  it('does not take its own completion for a lost lease', async () => {
    const { base, store, clock, outcomes } = rig()
    const gates = new Gates()
    const aborted: string[] = []
    const extension = Promise.withResolvers<undefined>()
    store.settleScript = async (settlement) => {
      if (settlement.kind !== 'extend') return undefined
      await extension.promise
      return { kind: 'lease-lost', detail: 'the record is COMPLETED' }
    }
    const response = sqsHandler(base, (message, claim) => {
      claim.signal.addEventListener('abort', () => aborted.push(message.messageId))
      return gates.handler(message)
    })(standard('A', 'B'), {})
    await clock.advance(LEASE_MS / 3)
    gates.succeed('A')
    await settled()
    extension.resolve(undefined)
    await settled()
    expect(outcomes()).toEqual({ A: 'completed' })
    expect(aborted).toEqual(['B'])
    gates.succeed('B')
    await response
  })
})
