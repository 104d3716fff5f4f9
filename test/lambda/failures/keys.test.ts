import { describe, expect, it } from 'vitest'
import { sqsHandler } from '../../../src/lambda/sqs-handler.ts'
import { memoryStore } from '../../../src/store/memory/memory-store.ts'
import { manualClock } from '../../../src/testing/manual-clock.ts'
import { reported, rigWith, standard } from '../../engine/rig.ts'
import { numberedEvent as sqsEvent } from '../../testing/numbered-event.ts'

function memoryRig() {
  const clock = manualClock()
  return rigWith(memoryStore({ runtime: clock }), clock)
}

describe('fingerprint', () => {
  it.each([
    ['a promise', () => Promise.resolve('payload')],
    ['a BigInt', () => 10n],
    ['an error', () => Promise.reject(new Error('not today'))],
  ])(
    'selector that gives %s: that record alone fails, since all payloads would look the same',
    async (_name, give) => {
      const { base, context, outcomes } = memoryRig()
      const fingerprint = (message: { body: string }) => {
        if (message.body !== 'B') return message.body
        const given: unknown = give()
        // The rejection is the selector's own affair.
        if (given instanceof Promise) given.catch(() => {})
        return given
      }
      const handler = sqsHandler({ ...base, fingerprint }, () => {})
      expect(reported(await handler(standard('A', 'B'), context()))).toEqual(['B'])
      expect(outcomes()).toEqual({ A: 'completed', B: 'invalid' })
    },
  )
})

describe('key', () => {
  it.each([
    ['missing', undefined],
    ['null', null],
    ['empty', ''],
    ['an empty array', []],
    ['an array with an empty part', ['order', '']],
    ['NaN', NaN],
    ['an object', {}],
    ['a promise', Promise.resolve('order')],
  ])('%s: that record alone fails with KEY_MISSING, nothing of it runs', async (_name, key) => {
    const { base, context, events, store, outcomes } = memoryRig()
    const ran: string[] = []
    // JavaScript callers are not held back by types.
    const select = (message: { body: string }) => (message.body === 'B' ? (key as never) : message.body)
    const handler = sqsHandler({ ...base, key: select }, (message) => {
      ran.push(message.messageId)
    })
    expect(reported(await handler(standard('A', 'B', 'C'), context()))).toEqual(['B'])
    expect(ran).toEqual(['A', 'C'])
    expect(outcomes()).toMatchObject({ B: 'key-missing' })
    expect(events).toContainEqual(
      expect.objectContaining({ messageId: 'B', error: expect.objectContaining({ code: 'KEY_MISSING' }) }),
    )
    expect(store.records()).toHaveLength(2)
  })

  it('selector that throws: found no key', async () => {
    const { base, context, outcomes } = memoryRig()
    const key = (message: { body: string }) =>
      (JSON.parse(message.body) as { order: { id: string } }).order.id
    const handler = sqsHandler({ ...base, key }, () => {})
    const event = sqsEvent([{ body: { order: { id: 'A' } } }, { body: {} }])
    expect(reported(await handler(event, context()))).toEqual(['message-2'])
    expect(outcomes()).toEqual({ 'message-1': 'completed', 'message-2': 'key-missing' })
  })

  it('an empty idempotency-key attribute: missing, never silently the message id', async () => {
    const { base, context, outcomes } = memoryRig()
    const event = sqsEvent([{ messageId: 'A', body: 'A', attributes: { 'idempotency-key': '' } }])
    expect(reported(await sqsHandler(base, () => {})(event, context()))).toEqual(['A'])
    expect(outcomes()).toEqual({ A: 'key-missing' })
  })

  it('`0` and `false` are keys like any other, and none is the same as its text', async () => {
    const { base, context, store } = memoryRig()
    const keys = [0, '0', false, 'false', ['0'], [0, 0], '00']
    let runs = 0
    const handler = sqsHandler({ ...base, key: (m) => keys[Number(m.body)] ?? '' }, () => {
      runs++
    })
    const event = standard(...keys.map((_key, index) => String(index)))
    expect(reported(await handler(event, context()))).toEqual([])
    expect(runs).toBe(keys.length)
    expect(reported(await handler(event, context()))).toEqual([])
    expect(runs).toBe(keys.length)
    expect(new Set(store.records().map(({ id }) => id)).size).toBe(keys.length)
  })
})
