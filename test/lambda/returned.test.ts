import { expect, it, vi } from 'vitest'
import { sqsHandler } from '../../src/lambda/sqs-handler.ts'
import { reported, rig, standard } from '../engine/rig.ts'
import { DUPLICATE } from '../engine/scripted-store.ts'

/** A function that has seen all messages before, and its warnings. */
function seasoned() {
  const { base, context, store } = rig()
  store.claimScript = () => DUPLICATE
  const logger = { info() {}, warn: vi.fn(), error() {} }
  const handler = sqsHandler({ ...base, logger }, () => {})
  return {
    warn: logger.warn,
    async deliver(...ids: string[]) {
      expect(reported(await handler(standard(...ids), context()))).toEqual([])
    },
  }
}

it('a message that was acknowledged as a duplicate twice and is here again is told, once', async () => {
  const { warn, deliver } = seasoned()
  await deliver('A', 'B')
  await deliver('A', 'B')
  expect(warn).not.toHaveBeenCalled()
  await deliver('A', 'B')
  await deliver('A', 'B')
  expect(warn.mock.calls).toEqual([
    [expect.stringContaining('Drop @middy/sqs-partial-batch-failure'), { namespace: 'charge' }],
  ])
})

it('no more than a thousand messages are kept in mind, the latest', async () => {
  const { warn, deliver } = seasoned()
  const others = (from: number) => Array.from({ length: 500 }, (_, index) => `other-${from + index}`)
  await deliver('A')
  await deliver('A')
  await deliver(...others(0))
  await deliver(...others(500))
  await deliver('A')
  expect(warn).not.toHaveBeenCalled()
})
