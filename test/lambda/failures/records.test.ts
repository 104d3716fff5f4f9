import { describe, expect, it } from 'vitest'
import { sqsHandler } from '../../../src/lambda/sqs-handler.ts'
import { memoryStore } from '../../../src/store/memory/memory-store.ts'
import { manualClock } from '../../../src/testing/manual-clock.ts'
import { reported, rigWith, settled, standard } from '../../engine/rig.ts'
import { world } from './sandboxes.ts'

const REPORTED = { batchItemFailures: [{ itemIdentifier: 'A' }] }
const ACKNOWLEDGED = { batchItemFailures: [] }

function memoryRig() {
  const clock = manualClock()
  return rigWith(memoryStore({ runtime: clock }), clock)
}

describe('a record', () => {
  it('that TTL deletes mid-run: the completion puts it again, and a redelivery is a duplicate', async () => {
    const { sandbox, store, effects } = world()
    const work = () => {
      for (const { id } of store.records()) store.delete(id)
    }
    expect(await sandbox('first', { work }).deliver()).toEqual(ACKNOWLEDGED)
    expect(store.records()).toMatchObject([{ status: 'COMPLETED' }])
    expect(await sandbox('next').deliver(2)).toEqual(ACKNOWLEDGED)
    expect(effects).toEqual(['first'])
  })

  it('that TTL deletes mid-run and another claims: lease lost, reported', async () => {
    const { sandbox, store } = world()
    const gate = Promise.withResolvers<void>()
    const other = sandbox('other', { work: () => gate.promise })
    let others: Promise<unknown> | undefined
    const first = sandbox('first', {
      work: async () => {
        for (const { id } of store.records()) store.delete(id)
        others = other.deliver(2)
        await settled()
      },
    })
    expect(await first.deliver()).toEqual(REPORTED)
    expect(first.outcome()).toBe('lease-lost')
    gate.resolve()
    expect(await others).toEqual(ACKNOWLEDGED)
  })

  it('that TTL deletes mid-run is not put back by a failure', async () => {
    const { sandbox, store } = world()
    const work = () => {
      for (const { id } of store.records()) store.delete(id)
      throw new Error('declined')
    }
    expect(await sandbox('first', { work }).deliver()).toEqual(REPORTED)
    expect(store.records()).toEqual([])
  })

  it.each([
    ['written by another version', { schemaVersion: 2 }],
    ['with an unknown status', { status: 'PAUSED' }],
  ])(
    '%s: held by somebody else; reported, never overwritten, even long after its window',
    async (_name, change) => {
      const { sandbox, store, effects, clock } = world()
      await sandbox('first').deliver()
      for (const record of store.records()) store.put({ ...record, ...change })
      const before = store.records()
      effects.length = 0
      const next = sandbox('next')
      expect(await next.deliver(2)).toEqual(REPORTED)
      await clock.advance(100 * 86_400_000)
      expect(await next.deliver(3)).toEqual(REPORTED)
      expect(next.outcome()).toBe('unknown-record')
      expect(effects).toEqual([])
      expect(store.records()).toEqual(before)
    },
  )

  it('in progress without a lease is never stolen', async () => {
    const { sandbox, store, effects, clock } = world()
    void sandbox('dead', { dies: 'after claim' }).deliver()
    await settled()
    for (const { leaseUntil: _, ...record } of store.records()) store.put(record)
    await clock.advance(86_400_000)
    expect(await sandbox('next').deliver(2)).toEqual(REPORTED)
    expect(effects).toEqual([])
  })

  it('of a handler that mutates its input completes under the key and fingerprint of what was delivered', async () => {
    const { base, context, store } = memoryRig()
    let runs = 0
    const handler = sqsHandler({ ...base, key: (m) => m.body }, (message) => {
      runs++
      Object.assign(message.record, { body: 'changed', messageId: 'changed' })
    })
    expect(reported(await handler(standard('A'), context()))).toEqual([])
    expect(reported(await handler(standard('A'), context()))).toEqual([])
    expect(runs).toBe(1)
    expect(store.records()).toHaveLength(1)
  })
})
