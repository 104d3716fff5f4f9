import { describe, expect, it } from 'vitest'
import { PermanentError } from '../../src/errors/permanent-error.ts'
import { sqsHandler } from '../../src/lambda/sqs-handler.ts'
import { memoryStore } from '../../src/store/memory/memory-store.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { numberedEvent as sqsEvent } from '../testing/numbered-event.ts'
import { reported, rigWith } from './rig.ts'

function memoryRig() {
  const clock = manualClock()
  return rigWith(memoryStore({ runtime: clock }), clock)
}

/** The n-th delivery of message A, sent at the start unless told otherwise. */
function delivery(receiveCount: number, sentAt = 0, messageId = 'A') {
  return sqsEvent([{ messageId, body: 'A', receiveCount, sentAt }])
}

const fail = () => Promise.reject(new Error('declined'))

describe('maxAttempts', () => {
  it('gives up after that many attempts: POISONED', async () => {
    const { base, context, store, outcomes } = memoryRig()
    const handler = sqsHandler({ ...base, maxAttempts: 3 }, fail)
    for (const [count, status] of [
      [1, 'FAILED'],
      [2, 'FAILED'],
      [3, 'POISONED'],
    ] as const) {
      expect(reported(await handler(delivery(count), context()))).toEqual(['A'])
      expect(store.records()).toMatchObject([{ status, attempts: count, failure: 'Error' }])
    }
    expect(outcomes()).toEqual({ A: 'poisoned' })
  })

  it('counts attempts, not deliveries: a busy or throttled delivery is none', async () => {
    const { base, context, store } = memoryRig()
    const attempts: number[] = []
    const handler = sqsHandler({ ...base, maxAttempts: 2 }, (_message, claim) => {
      attempts.push(claim.attempt)
      return fail()
    })
    await handler(delivery(1), context())
    await handler(delivery(9), context())
    expect(attempts).toEqual([1, 2])
    expect(store.records()).toMatchObject([{ status: 'POISONED', attempts: 2 }])
  })

  it('without it there is no end: FAILED each time', async () => {
    const { base, context, store } = memoryRig()
    const handler = sqsHandler(base, fail)
    for (let count = 1; count <= 20; count++) await handler(delivery(count), context())
    expect(store.records()).toMatchObject([{ status: 'FAILED', attempts: 20 }])
  })
})

describe('PermanentError', () => {
  it('gives up at once: POISONED, reported like any failure', async () => {
    const { base, context, store, outcomes } = memoryRig()
    const handler = sqsHandler(base, () => Promise.reject(new PermanentError('account closed')))
    expect(reported(await handler(delivery(1), context()))).toEqual(['A'])
    expect(store.records()).toMatchObject([{ status: 'POISONED', failure: 'PermanentError' }])
    expect(outcomes()).toEqual({ A: 'poisoned' })
  })

  it('is recognised by name, so one of another copy of the package counts too', async () => {
    const { base, context, store } = memoryRig()
    const foreign = Object.assign(new Error('account closed'), { name: 'PermanentError' })
    await sqsHandler(base, () => Promise.reject(foreign))(delivery(1), context())
    expect(store.records()).toMatchObject([{ status: 'POISONED' }])
  })
})

describe('a poisoned message', () => {
  it('fails without running when it is redelivered', async () => {
    const { base, context, store, clock } = memoryRig()
    let runs = 0
    const handler = sqsHandler(base, () => {
      runs++
      throw new PermanentError('account closed')
    })
    await handler(delivery(1, clock.now()), context())
    await clock.advance(3_600_000)
    expect(reported(await handler(delivery(2, clock.now() - 3_600_000), context()))).toEqual(['A'])
    expect(runs).toBe(1)
    expect(store.records()).toMatchObject([{ status: 'POISONED', attempts: 1 }])
  })

  it('runs when it is sent again after it was poisoned, and its attempts start from one', async () => {
    const { base, context, store, clock } = memoryRig()
    const attempts: number[] = []
    const handler = sqsHandler({ ...base, key: () => 'order-1', maxAttempts: 2 }, (_message, claim) => {
      attempts.push(claim.attempt)
      return attempts.length < 3 ? fail() : undefined
    })
    await handler(delivery(1, clock.now()), context())
    await handler(delivery(2, clock.now()), context())
    expect(store.records()).toMatchObject([{ status: 'POISONED' }])
    await clock.advance(60_000)
    const again = delivery(1, clock.now(), 'B')
    expect(reported(await handler(again, context()))).toEqual([])
    expect(attempts).toEqual([1, 2, 1])
    expect(store.records()).toMatchObject([{ status: 'COMPLETED', attempts: 1 }])
  })

  it('stays given up when it was sent within the margin of being poisoned: clocks may differ by that much', async () => {
    const { base, context, clock } = memoryRig()
    let runs = 0
    const handler = sqsHandler({ ...base, key: () => 'order-1' }, () => {
      runs++
      throw new PermanentError('account closed')
    })
    await handler(delivery(1, clock.now()), context())
    await handler(delivery(1, clock.now() + 2_000, 'B'), context())
    expect(runs).toBe(1)
    await handler(delivery(1, clock.now() + 2_001, 'C'), context())
    expect(runs).toBe(2)
  })

  it('stays given up when nobody knows when it was sent', async () => {
    const { base, context, clock } = memoryRig()
    let runs = 0
    const handler = sqsHandler(base, () => {
      runs++
      throw new PermanentError('account closed')
    })
    await handler(delivery(1, clock.now()), context())
    await clock.advance(60_000)
    const event = delivery(1)
    for (const { attributes } of event.Records) Reflect.deleteProperty(attributes, 'SentTimestamp')
    expect(reported(await handler(event, context()))).toEqual(['A'])
    expect(runs).toBe(1)
  })

  it('runs again after its window', async () => {
    const { base, context, clock } = memoryRig()
    let runs = 0
    const handler = sqsHandler({ ...base, ttl: '1h' }, () => {
      runs++
      throw new PermanentError('account closed')
    })
    await handler(delivery(1), context())
    await clock.advance(3_602_001)
    await handler(delivery(2), context())
    expect(runs).toBe(2)
  })
})
