import { describe, expect, it } from 'vitest'
import { eachMessage } from '../../src/lambda/each-message.ts'
import { idempotentBatch } from '../../src/lambda/idempotent-batch.ts'
import type { SqsBatchResponse } from '../../src/lambda/partial-response.ts'
import { fifo, Gates, reported, rig, settled, standard } from '../engine/rig.ts'
import { BUSY, DUPLICATE } from '../engine/scripted-store.ts'
import { MIDDYS } from './middlewares.ts'

describe.each(MIDDYS)('%s: idempotentBatch and eachMessage', (_name, compose) => {
  it('claim, run, settle and answer', async () => {
    const { base, context, store, outcomes, events } = rig()
    store.claimScript = (_request, messageId) => (messageId === 'C' ? DUPLICATE : undefined)
    const ran: string[] = []
    const each = eachMessage<string>((message) => {
      ran.push(message.body)
      if (message.body === 'B') throw new Error('declined')
    })
    const handler = compose([idempotentBatch(base)], each)
    expect(await handler(standard('A', 'B', 'C'), context())).toEqual({
      batchItemFailures: [{ itemIdentifier: 'B' }],
    })
    expect(ran).toEqual(['A', 'B'])
    expect(outcomes()).toEqual({ A: 'completed', B: 'failed', C: 'duplicate' })
    expect(events.filter(({ kind }) => kind === 'batch')).toHaveLength(1)
  })

  it('take the event first, too: eachMessage(event, fn)', async () => {
    const { base, context } = rig()
    const ran: string[] = []
    const handler = compose([idempotentBatch(base)], (event) =>
      eachMessage<string>(event, (message) => {
        ran.push(message.body)
      }),
    )
    expect(reported(await handler(standard('A', 'B'), context()))).toEqual([])
    expect(ran).toEqual(['A', 'B'])
  })

  it('work when Lambda’s context is missing', async () => {
    const { base } = rig()
    const handler = compose(
      [idempotentBatch(base)],
      eachMessage(() => {}),
    )
    expect(reported(await handler(standard('A')))).toEqual([])
  })

  it('do not run the handler when all are duplicates', async () => {
    const { base, context, store } = rig()
    store.claimScript = () => DUPLICATE
    let calls = 0
    const handler = compose([idempotentBatch(base)], () => {
      calls++
    })
    expect(await handler(standard('A', 'B'), context())).toEqual({ batchItemFailures: [] })
    expect(calls).toBe(0)
  })

  it('do not run the handler when nothing was granted, and report what is busy', async () => {
    const { base, context, store } = rig()
    store.claimScript = (_request, messageId) => (messageId === 'A' ? BUSY : DUPLICATE)
    let calls = 0
    const handler = compose([idempotentBatch(base)], () => {
      calls++
    })
    expect(reported(await handler(standard('A', 'B'), context()))).toEqual(['A'])
    expect(calls).toBe(0)
  })

  it('give a fresh response object every time', async () => {
    const { base, context } = rig()
    const handler = compose(
      [idempotentBatch(base)],
      eachMessage(() => {}),
    )
    // What our middleware answers is of this shape.
    const first = (await handler(standard('A'), context())) as SqsBatchResponse
    first.batchItemFailures.push({ itemIdentifier: 'X' })
    expect(await handler(standard('B'), context())).toEqual({ batchItemFailures: [] })
  })

  it.each([
    ['eachMessage(fn)', (gates: Gates) => eachMessage(gates.handler)],
    ['eachMessage(event, fn)', (gates: Gates) => (event: never) => eachMessage(event, gates.handler)],
  ])('keep interleaved invocations apart, even with one context object for both: %s', async (_form, make) => {
    const { base } = rig()
    const gates = new Gates()
    const shared = {}
    const handler = compose([idempotentBatch(base)], make(gates))
    const first = handler(standard('A', 'B'), shared)
    const second = handler(standard('C', 'D'), shared)
    await settled()
    gates.fail('A')
    gates.succeed('B')
    gates.succeed('C')
    gates.fail('D')
    expect(reported(await second)).toEqual(['D'])
    expect(reported(await first)).toEqual(['A'])
  })

  it('stop a FIFO group at a refused record', async () => {
    const { base, context, store } = rig()
    store.claimScript = (_request, messageId) => (messageId === 'A' ? BUSY : undefined)
    const ran: string[] = []
    const each = eachMessage<string>((message) => {
      ran.push(message.messageId)
    })
    const handler = compose([idempotentBatch(base)], each)
    expect(reported(await handler(fifo('A:g', 'B:g', 'C:h'), context()))).toEqual(['A', 'B'])
    expect(ran).toEqual(['C'])
  })

  it('answer at the deadline while a handler runs on', async () => {
    const { base, context, clock } = rig()
    const gates = new Gates()
    const handler = compose([idempotentBatch(base)], eachMessage(gates.handler), { timeoutEarlyInMillis: 0 })
    const response = handler(standard('A', 'B'), context(10_000))
    gates.succeed('A')
    await clock.advance(9_500)
    expect(reported(await response)).toEqual(['B'])
  })
})
