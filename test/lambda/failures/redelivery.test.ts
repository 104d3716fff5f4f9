import { describe, expect, it } from 'vitest'
import { sqsHandler } from '../../../src/lambda/sqs-handler.ts'
import { memoryStore } from '../../../src/store/memory/memory-store.ts'
import { manualClock } from '../../../src/testing/manual-clock.ts'
import { reported, rigWith, settled, standard } from '../../engine/rig.ts'
import { numberedEvent as sqsEvent } from '../../testing/numbered-event.ts'
import { STALE_MS, world } from './sandboxes.ts'

const ACKNOWLEDGED = { batchItemFailures: [] }

function memoryRig() {
  const clock = manualClock()
  return rigWith(memoryStore({ runtime: clock }), clock)
}

describe('redelivery', () => {
  it('the same message twice in one batch: one effect, acknowledged once for both', async () => {
    const { base, context, store } = memoryRig()
    let effects = 0
    const handler = sqsHandler(base, () => {
      effects++
    })
    expect(reported(await handler(standard('A', 'A', 'A'), context()))).toEqual([])
    expect(effects).toBe(1)
    expect(store.records()).toHaveLength(1)
  })

  it('two messages with one key: one effect, whether they come together or one after the other', async () => {
    const { base, context } = memoryRig()
    const effects: string[] = []
    const handler = sqsHandler({ ...base, key: (m) => m.body }, (message) => {
      effects.push(message.messageId)
    })
    const sent = (messageId: string) => ({ messageId, body: 'order-1' })
    await handler(sqsEvent([sent('A'), sent('B')]), context())
    expect(reported(await handler(sqsEvent([sent('C')]), context()))).toEqual([])
    expect(effects).toEqual(['A'])
  })

  it('two messages with one key by the message attribute, which survives a repeated send', async () => {
    const { base, context } = memoryRig()
    const effects: string[] = []
    const handler = sqsHandler(base, (message) => {
      effects.push(`${message.messageId} ${message.key}`)
    })
    const sent = (messageId: string) => ({
      messageId,
      body: 'x',
      attributes: { 'idempotency-key': 'order-1' },
    })
    await handler(sqsEvent([sent('A')]), context())
    await handler(sqsEvent([sent('B')]), context())
    expect(effects).toEqual(['A order-1'])
  })

  it('concurrent redelivery: exactly one runs, the others are busy and come back', async () => {
    const { sandbox, effects } = world()
    const gate = Promise.withResolvers<void>()
    const others = Array.from({ length: 8 }, (_, index) => sandbox(`s${index}`, { work: () => gate.promise }))
    const responses = others.map((one) => one.deliver(2))
    await settled()
    expect(effects).toHaveLength(1)
    gate.resolve()
    const answers = await Promise.all(responses)
    expect(answers.filter(({ batchItemFailures }) => batchItemFailures.length === 0)).toHaveLength(1)
    expect(others.filter((one) => one.outcome() === 'busy')).toHaveLength(7)
  })

  it('concurrent redelivery of a stuck message: exactly one takes over', async () => {
    const { sandbox, effects, clock } = world()
    void sandbox('dead', { dies: 'after claim' }).deliver()
    await clock.advance(STALE_MS)
    const others = Array.from({ length: 8 }, (_, index) => sandbox(`s${index}`))
    const answers = await Promise.all(others.map((one) => one.deliver(2)))
    expect(effects).toHaveLength(1)
    // Whoever lost the race is busy, or came after the completion.
    expect(answers.some(({ batchItemFailures }) => batchItemFailures.length === 0)).toBe(true)
  })

  it('redelivery after the window: runs again, as if new', async () => {
    const { sandbox, store, effects, clock } = world()
    await sandbox('first', { ttl: '1h' }).deliver()
    await clock.advance(3_601_000)
    // Inside the margin the window still counts: clocks may differ by that much.
    expect(await sandbox('early', { ttl: '1h' }).deliver(2)).toEqual(ACKNOWLEDGED)
    await clock.advance(1_001)
    expect(await sandbox('late', { ttl: '1h' }).deliver(2)).toEqual(ACKNOWLEDGED)
    expect(effects).toEqual(['first', 'late'])
    expect(store.records()).toMatchObject([{ status: 'COMPLETED', attempts: 1 }])
  })

  it('same key, other payload: fails, runs nothing, and the record is untouched', async () => {
    const { base, context, store, outcomes } = memoryRig()
    let effects = 0
    const handler = sqsHandler({ ...base, key: () => 'order-1' }, () => {
      effects++
    })
    await handler(standard('A'), context())
    const before = store.records()
    expect(reported(await handler(standard('B'), context()))).toEqual(['B'])
    expect(outcomes()).toMatchObject({ B: 'mismatch' })
    expect(effects).toBe(1)
    expect(store.records()).toEqual(before)
  })

  it('same key, other payload: is not looked at with fingerprint: false, or outside the selected payload', async () => {
    const { base, context } = memoryRig()
    const effects: string[] = []
    const key = () => 'order-1'
    const run = (message: { body: string }) => {
      effects.push(message.body)
    }
    const off = sqsHandler({ ...base, key, fingerprint: false }, run)
    await off(standard('A'), context())
    expect(reported(await off(standard('B'), context()))).toEqual([])
    const selected = sqsHandler(
      { ...base, namespace: 'refund', key, fingerprint: (m) => m.body.slice(0, 1) },
      run,
    )
    await selected(standard('C1'), context())
    expect(reported(await selected(standard('C2'), context()))).toEqual([])
    expect(reported(await selected(standard('D'), context()))).toEqual(['D'])
    expect(effects).toEqual(['A', 'C1'])
  })
})
