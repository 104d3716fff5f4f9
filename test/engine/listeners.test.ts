import { describe, expect, it, vi } from 'vitest'
import { sqsHandler } from '../../src/lambda/sqs-handler.ts'
import { reported, rig, standard } from './rig.ts'
import { BUSY } from './scripted-store.ts'

const boom = () => {
  throw new Error('from a listener')
}

const hostile: readonly [string, () => unknown][] = [
  ['throw', boom],
  ['reject', () => Promise.reject(new Error('from a listener'))],
  ['hang', () => new Promise(() => {})],
  [
    'return something whose `then` throws',
    () => ({
      // biome-ignore lint/suspicious/noThenProperty: that is what is tested
      get then() {
        return boom()
      },
    }),
  ],
]

describe('hook, logger or metrics that throw or hang', () => {
  it.each(hostile)('never change an outcome: they %s', async (_name, listener) => {
    const { base, context, store } = rig()
    store.claimScript = (_request, messageId) => (messageId === 'B' ? BUSY : undefined)
    const logger = { info: vi.fn(listener), warn: vi.fn(listener), error: vi.fn(listener) }
    const observer = vi.fn(listener)
    const handler = sqsHandler({ ...base, observer, logger }, (message) => {
      if (message.messageId === 'C') throw new Error('declined')
    })
    expect(reported(await handler(standard('A', 'B', 'C'), context()))).toEqual(['B', 'C'])
    expect(store.settled('complete')).toEqual(['A'])
    expect(store.settled('release')).toEqual(['C'])
    expect(observer).toHaveBeenCalledTimes(4)
    expect(logger.warn).toHaveBeenCalled()
  })

  it('never change an outcome at the deadline either', async () => {
    const { base, context, clock } = rig()
    const logger = { info: boom, warn: boom, error: boom }
    const handler = sqsHandler({ ...base, observer: boom, logger }, () => new Promise(() => {}))
    const response = handler(standard('A'), context(10_000))
    await clock.advance(10_000)
    expect(reported(await response)).toEqual(['A'])
  })

  it('see every message once and the batch at the end, with neither key nor body nor the text of an error', async () => {
    const { base, context, events } = rig()
    const handler = sqsHandler({ ...base, key: (m) => `key-${m.body}` }, (message) => {
      if (message.messageId === 'B') throw new RangeError('card 4111 declined')
    })
    await handler(standard('secret-A', 'B'), context())
    expect(events.map(({ kind }) => kind)).toEqual(['message', 'message', 'batch'])
    const text = JSON.stringify(events.map(({ kind, ...event }) => ({ ...event, error: undefined })))
    expect(text).not.toMatch(/4111|key-/)
    expect(events[2]).toMatchObject({
      messages: 2,
      failures: 1,
      counts: { claimed: 2, completed: 1, failed: 1 },
    })
  })
})
