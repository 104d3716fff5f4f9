import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sqsHandler } from '../../../src/lambda/sqs-handler.ts'
import { manualClock } from '../../../src/testing/manual-clock.ts'
import { reported, settled } from '../../engine/rig.ts'
import { numberedEvent as sqsEvent } from '../../testing/numbered-event.ts'
import { type FaultyDynamo, startFaultyDynamo } from './dynamo.ts'
import { STALE_MS, world } from './sandboxes.ts'

const REPORTED = { batchItemFailures: [{ itemIdentifier: 'A' }] }
const ACKNOWLEDGED = { batchItemFailures: [] }
const CLOCK_ERROR_MS = 1_000

describe('clock skew within the clock error, in both directions', () => {
  it.each([
    ['the owner is behind and the other ahead', -CLOCK_ERROR_MS, CLOCK_ERROR_MS],
    ['the owner is ahead and the other behind', CLOCK_ERROR_MS, -CLOCK_ERROR_MS],
  ])('no one takes over inside the lease: %s', async (_name, ownersSkew, othersSkew) => {
    const { sandbox, clock, effects, store } = world()
    const owner = sandbox('owner', {
      clock: manualClock({ now: clock.now() + ownersSkew, seed: 2 }),
      work: () => new Promise(() => {}),
    })
    void owner.deliver()
    await settled()
    // The owner is killed at the latest 11 s of true time after its claim: 10 s and the grace.
    await clock.advance(11_000)
    const otherClock = manualClock({ now: clock.now() + othersSkew, seed: 3 })
    // A host decides by its own clock.
    clock.set(clock.now() + othersSkew)
    const other = sandbox('other', { clock: otherClock })
    expect(await other.deliver(2)).toEqual(REPORTED)
    expect(effects).toEqual(['owner'])
    expect(store.records()).toMatchObject([{ attempts: 1 }])
  })

  it('a stuck message is taken over in the end by a host that is behind', async () => {
    const { sandbox, clock, effects } = world()
    void sandbox('dead', { dies: 'after claim' }).deliver()
    await clock.advance(STALE_MS + CLOCK_ERROR_MS)
    clock.set(clock.now() - CLOCK_ERROR_MS)
    expect(await sandbox('other').deliver(2)).toEqual(ACKNOWLEDGED)
    expect(effects).toEqual(['other'])
  })
})

describe('clock skew beyond the clock error', () => {
  it('without a way to see it the effect may repeat, but the owner token still protects the record', async () => {
    const { sandbox, clock, store, effects } = world()
    const gate = Promise.withResolvers<void>()
    const owner = sandbox('owner', { work: () => gate.promise })
    const response = owner.deliver()
    await settled()
    clock.set(clock.now() + 60_000)
    expect(await sandbox('ahead').deliver(2)).toEqual(ACKNOWLEDGED)
    const completed = store.records()
    gate.resolve()
    expect(await response).toEqual(ACKNOWLEDGED)
    expect(owner.notices()).toEqual(['duplicate-effect'])
    expect(effects).toEqual(['owner', 'ahead'])
    expect(store.records()).toEqual(completed)
  })
})

describe('clock skew that the server’s Date header gives away', () => {
  let dynamo: FaultyDynamo
  beforeAll(async () => {
    dynamo = await startFaultyDynamo()
  })
  afterAll(() => dynamo.stop())

  const redelivery = sqsEvent([
    { messageId: 'A', body: 'A', receiveCount: 2 },
    { messageId: 'B', body: 'B', receiveCount: 2 },
  ])

  it.each([
    ['ahead', 600_000],
    ['behind', -600_000],
  ])('a host far %s says so, and takes over what is stuck in the server’s time', async (way, skewMs) => {
    const namespace = `skew-${way}`
    // Claimed by a host that nobody corrects and that died: stuck in everybody's eyes.
    const dead = dynamo.host({ namespace, skewMs: -1_300_000, seesDate: false })
    void sqsHandler(dead.base, () => new Promise(() => {}))(redelivery, dead.context(60_000))
    await expect.poll(async () => (await dynamo.records(namespace)).length).toBe(2)
    const wrong = dynamo.host({ namespace, skewMs })
    expect(reported(await sqsHandler(wrong.base, () => {})(redelivery, wrong.context()))).toEqual([])
    expect(wrong.notices().toSorted()).toEqual(['clock-skew', 'takeover', 'takeover'])
  })

  it.each([
    ['ahead', 600_000],
    ['behind', -600_000],
  ])(
    'a host far %s leaves alone what runs in the server’s time, alone or beside others',
    async (way, skewMs) => {
      const namespace = `live-${way}`
      const owner = dynamo.host({ namespace })
      void sqsHandler(owner.base, () => new Promise(() => {}))(redelivery, owner.context(60_000))
      await expect.poll(async () => (await dynamo.records(namespace)).length).toBe(2)
      const wrong = dynamo.host({ namespace, skewMs })
      const handler = sqsHandler(wrong.base, () => {})
      expect(reported(await handler(redelivery, wrong.context()))).toEqual(['A', 'B'])
      const alone = { Records: redelivery.Records.slice(0, 1) }
      expect(reported(await handler(alone, wrong.context()))).toEqual(['A'])
      expect(new Set(Object.values(wrong.outcomes()))).toEqual(new Set(['busy']))
      expect(wrong.notices()).toEqual(['clock-skew'])
    },
  )

  it('does not keep it from its work: first deliveries, duplicates and retries', async () => {
    const wrong = dynamo.host({ skewMs: 600_000 })
    let fails = true
    const handler = sqsHandler(wrong.base, (message) => {
      if (message.messageId === 'B' && fails) throw new Error('declined')
    })
    expect(reported(await handler(redelivery, wrong.context()))).toEqual(['B'])
    fails = false
    expect(reported(await handler(redelivery, wrong.context()))).toEqual([])
    expect(wrong.outcomes()).toEqual({ A: 'duplicate', B: 'completed' })
    expect(wrong.notices()).toEqual(['clock-skew'])
  })
})
