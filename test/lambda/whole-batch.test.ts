import { describe, expect, it } from 'vitest'
import { idempotentBatch } from '../../src/lambda/idempotent-batch.ts'
import type { SqsEvent } from '../../src/lambda/sqs-event.ts'
import { fifo, reported, rig, settled, standard } from '../engine/rig.ts'
import { BUSY, DUPLICATE } from '../engine/scripted-store.ts'
import { MIDDYS, type Request } from './middlewares.ts'

/** A handler in Middy's own convention: all records at once, `B` fails. */
function allSettled(seen: string[] = []) {
  return (event: SqsEvent) =>
    Promise.allSettled(
      event.Records.map(async (record) => {
        seen.push(record.messageId)
        if (record.body === 'B') throw new RangeError('declined')
        return `charged ${record.body}`
      }),
    )
}

describe.each(MIDDYS)('%s: a handler of the whole batch', (_name, compose) => {
  it('returns PromiseSettledResult[]: successes are completed, failures released and reported', async () => {
    const { base, context, store, outcomes, clock } = rig()
    const handler = compose([idempotentBatch({ ...base, storeResult: true })], allSettled())
    expect(await handler(standard('A', 'B', 'C'), context())).toEqual({
      batchItemFailures: [{ itemIdentifier: 'B' }],
    })
    expect(outcomes()).toEqual({ A: 'completed', B: 'failed', C: 'completed' })
    expect(store.settled('complete')).toEqual(['A', 'C'])
    expect(store.settlements).toMatchObject([
      { result: '"charged A"' },
      { status: 'FAILED', failure: 'RangeError' },
      { result: '"charged C"' },
    ])
    expect(clock.waiting).toBe(0)
  })

  it('sees the claimed records only, each once', async () => {
    const { base, context, store } = rig()
    store.claimScript = (_request, messageId) => {
      if (messageId === 'C') return BUSY
      return messageId === 'D' ? DUPLICATE : undefined
    }
    const seen: string[] = []
    const handler = compose([idempotentBatch(base)], allSettled(seen))
    expect(reported(await handler(standard('C', 'A', 'D', 'A', 'B'), context()))).toEqual(['C', 'B'])
    expect(seen).toEqual(['A', 'B'])
  })

  it('sees nothing of a FIFO group after a record that was refused', async () => {
    const { base, context, store, outcomes } = rig()
    store.claimScript = (_request, messageId) => (messageId === 'A' ? BUSY : undefined)
    const seen: string[] = []
    const handler = compose([idempotentBatch(base)], allSettled(seen))
    const response = await handler(fifo('A:g', 'C:g', 'D:g', 'E:h'), context())
    expect(seen).toEqual(['E'])
    expect(reported(response)).toEqual(['A', 'C', 'D'])
    expect(outcomes()).toEqual({ A: 'busy', C: 'not-started', D: 'not-started', E: 'completed' })
  })

  it('sees nothing of a FIFO group after a record whose key was refused in another group', async () => {
    const { base, context, store, outcomes } = rig()
    store.claimScript = (_request, messageId) => (messageId === 'A' ? BUSY : undefined)
    const seen: string[] = []
    const key = (message: { messageId: string }) => (message.messageId === 'B' ? 'A' : message.messageId)
    const handler = compose([idempotentBatch({ ...base, key, fingerprint: false })], allSettled(seen))
    expect(reported(await handler(fifo('A:g', 'B:h', 'C:h'), context()))).toEqual(['A', 'B', 'C'])
    expect(seen).toEqual([])
    expect(outcomes()).toEqual({ A: 'busy', B: 'shared', C: 'not-started' })
  })

  it('sees nothing of the batch after a record that was refused with fifo: ‘batch’', async () => {
    const { base, context, store } = rig()
    store.claimScript = (_request, messageId) => (messageId === 'C' ? BUSY : undefined)
    const seen: string[] = []
    const handler = compose([idempotentBatch({ ...base, fifo: 'batch' })], allSettled(seen))
    expect(reported(await handler(fifo('A:g', 'C:h', 'D:i'), context()))).toEqual(['C', 'D'])
    expect(seen).toEqual(['A'])
  })

  it('has a duplicate reported that stands behind a failure of its FIFO group', async () => {
    const { base, context, store, outcomes } = rig()
    store.claimScript = (_request, messageId) => (messageId === 'C' ? DUPLICATE : undefined)
    const handler = compose([idempotentBatch(base)], allSettled())
    expect(reported(await handler(fifo('A:g', 'B:g', 'C:g', 'D:h'), context()))).toEqual(['B', 'C'])
    expect(outcomes()).toMatchObject({ B: 'failed', C: 'duplicate' })
  })

  it('has nothing acknowledged after a failure of the same FIFO group', async () => {
    const { base, context } = rig()
    const handler = compose([idempotentBatch(base)], allSettled())
    const response = await handler(fifo('A:g', 'B:g', 'C:g', 'D:h'), context())
    expect(reported(response)).toEqual(['B', 'C'])
  })

  it.each([
    ['nothing', undefined, 'got undefined'],
    ['one result too few', [{ status: 'fulfilled', value: 1 }], 'got an array of 1'],
    ['plain values', ['a', 'b'], 'got "a" for record 1'],
    ['results of another kind', [{ status: 'fulfilled' }, { status: 'done' }], 'got an object for record 2'],
    ['holes', new Array(2), 'got undefined for record 1'],
    ['another object', { statusCode: 200 }, 'got an object'],
    ['a partial batch response with a strange name', { batchItemFailures: [{ itemIdentifier: 'Z' }] }, '"Z"'],
    ['a partial batch response without names', { batchItemFailures: [{}] }, 'without an itemIdentifier'],
    ['a partial batch response that is none', { batchItemFailures: 'A' }, 'without an itemIdentifier'],
  ])(
    'that returns %s: a clear error, nothing acknowledged, nothing released',
    async (_what, returned, got) => {
      const { base, context, store } = rig()
      const handler = compose([idempotentBatch(base)], async () => returned)
      await expect(handler(standard('A', 'B'), context())).rejects.toMatchObject({
        code: 'CONFIG',
        message: expect.stringContaining(got),
      })
      expect(store.settlements).toEqual([])
    },
  )

  it('that returns a partial batch response: what is not named is done, what is named stays leased, for it may run on', async () => {
    const { base, context, store, outcomes } = rig()
    const handler = compose([idempotentBatch(base)], async () => ({
      batchItemFailures: [{ itemIdentifier: 'B' }],
    }))
    expect(reported(await handler(standard('A', 'B', 'C'), context()))).toEqual(['B'])
    expect(outcomes()).toEqual({ A: 'completed', B: 'unsettled', C: 'completed' })
    expect(store.settled('complete')).toEqual(['A', 'C'])
    expect(store.settlements).toHaveLength(2)
  })

  it('that changes the number of its records is told so: which result is whose cannot be known', async () => {
    const { base, context, store } = rig()
    const handler = compose([idempotentBatch(base)], (event: SqsEvent) => {
      event.Records.shift()
      return Promise.allSettled(event.Records.map(async () => 1))
    })
    await expect(handler(standard('A', 'B'), context())).rejects.toMatchObject({ code: 'CONFIG' })
    expect(store.settlements).toEqual([])
  })

  it('that throws: the whole batch returns, nothing is released because work may still run', async () => {
    const { base, context, store, outcomes } = rig()
    store.claimScript = (_request, messageId) => (messageId === 'C' ? BUSY : undefined)
    const handler = compose([idempotentBatch(base)], async () => {
      throw new Error('lost the database')
    })
    await expect(handler(standard('A', 'B', 'C'), context())).rejects.toThrow('lost the database')
    expect(store.settlements).toEqual([])
    expect(outcomes()).toEqual({ A: 'unsettled', B: 'unsettled', C: 'busy' })
  })

  it('that throws without a Lambda context: its leases are extended no more, and the batch is told as ended', async () => {
    const { base, clock, store, events } = rig()
    const handler = compose([idempotentBatch(base)], async () => {
      throw new Error('lost the database')
    })
    await expect(handler(standard('A'), {})).rejects.toThrow('lost the database')
    expect(clock.waiting).toBe(0)
    expect(store.settlements).toEqual([])
    expect(events.at(-1)).toMatchObject({ kind: 'batch', messages: 1, failures: 1 })
  })

  it('that throws while a lease is being extended: the error goes on when the extension has answered', async () => {
    const { base, clock, store } = rig()
    const extension = Promise.withResolvers<undefined>()
    store.settleScript = () => extension.promise
    const gate = Promise.withResolvers<never>()
    const handler = compose([idempotentBatch(base)], () => gate.promise)
    let thrown: unknown
    const response = handler(standard('A'), {}).catch((error) => {
      thrown = error
    })
    await clock.advance(61_000 / 3)
    gate.reject(new Error('lost the database'))
    await settled()
    expect(thrown).toBeUndefined()
    extension.resolve(undefined)
    await response
    expect(thrown).toMatchObject({ message: 'lost the database' })
    expect(clock.waiting).toBe(0)
  })

  it('is not run when the claim took the time that there was', async () => {
    const { base, context, store, clock } = rig()
    store.claimScript = async () => {
      await clock.advance(8_500)
      return undefined
    }
    const seen: string[] = []
    const handler = compose([idempotentBatch(base)], allSettled(seen))
    expect(reported(await handler(standard('A'), context(10_000)))).toEqual(['A'])
    expect(seen).toEqual([])
  })

  it('is not run with what lost its own lease during the claim, where nobody knows the end', async () => {
    const { base, store, clock, outcomes } = rig()
    store.claimScript = async () => {
      await clock.advance(61_000)
      return undefined
    }
    const seen: string[] = []
    const handler = compose([idempotentBatch(base)], allSettled(seen))
    expect(reported(await handler(standard('A'), {}))).toEqual(['A'])
    expect(seen).toEqual([])
    expect(outcomes()).toEqual({ A: 'lease-lost' })
  })

  it('is not kept by a store that hangs at settle time: unknown completion', async () => {
    const { base, context, clock, store, outcomes } = rig()
    store.settleScript = (_settlement, messageId) =>
      messageId === 'A' ? undefined : new Promise<never>(() => {})
    const handler = compose([idempotentBatch(base)], allSettled())
    const response = handler(standard('A', 'C'), context(10_000))
    await clock.advance(10_000)
    expect(reported(await response)).toEqual(['C'])
    expect(outcomes()).toEqual({ A: 'completed', C: 'unknown-completion' })
    expect(clock.waiting).toBe(0)
  })

  it('is answered from what it returned, also when a middleware inside ours looks at it first', async () => {
    const { base, context } = rig()
    let looked: unknown
    const onlooker = {
      after(request: Request) {
        looked = request.response
      },
    }
    const handler = compose([idempotentBatch(base), onlooker], allSettled())
    expect(reported(await handler(standard('B'), context()))).toEqual(['B'])
    expect(looked).toMatchObject([{ status: 'rejected' }])
  })

  it('keeps interleaved invocations apart', async () => {
    const { base } = rig()
    const shared = {}
    const gate = Promise.withResolvers<void>()
    const handler = compose([idempotentBatch(base)], async (event: SqsEvent) => {
      await gate.promise
      return allSettled()(event)
    })
    const first = handler(standard('A', 'B'), shared)
    const second = handler(standard('C'), shared)
    await settled()
    gate.resolve()
    expect(reported(await second)).toEqual([])
    expect(reported(await first)).toEqual(['B'])
  })
})
