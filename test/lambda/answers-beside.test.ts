import { describe, expect, it, vi } from 'vitest'
import { eachMessage } from '../../src/lambda/each-message.ts'
import { idempotentBatch } from '../../src/lambda/idempotent-batch.ts'
import type { SqsEvent } from '../../src/lambda/sqs-event.ts'
import type { SqsRecord } from '../../src/protocol/sqs-record.ts'
import { fifo, reported, rig, standard } from '../engine/rig.ts'
import { BUSY, DUPLICATE } from '../engine/scripted-store.ts'
import { MIDDYS, type Request } from './middlewares.ts'

/** `m-1` is held by another owner, `m-2` fails, `m-3` is done. */
const EVENT = () => standard('m-1', 'm-2', 'm-3')

function busyRig() {
  const made = rig()
  made.store.claimScript = (_request, messageId) => (messageId === 'm-1' ? BUSY : undefined)
  return made
}

const each = () =>
  eachMessage<string>((message) => {
    if (message.messageId === 'm-2') throw new Error('declined')
  })

const wholeBatch = (event: SqsEvent) =>
  Promise.allSettled(
    event.Records.map(async ({ messageId }) => {
      if (messageId === 'm-2') throw new Error('declined')
    }),
  )

describe.each(MIDDYS)('%s: whatever answer leaves names all that is not acknowledged', (_name, compose) => {
  it.each(['before', 'after'])(
    'with an onError, used %s ours, that reports all of event.Records',
    async (where) => {
      const { base, context } = busyRig()
      const reporter = {
        onError(request: Request) {
          request.response = {
            batchItemFailures: request.event.Records.map(({ messageId }) => ({ itemIdentifier: messageId })),
          }
        },
      }
      const ours = idempotentBatch(base)
      const composed = compose(where === 'before' ? [reporter, ours] : [ours, reporter], () => {
        throw new Error('the handler is broken')
      })
      expect(reported(await composed(EVENT(), context())).sort()).toEqual(['m-1', 'm-2', 'm-3'])
    },
  )

  it.each(['before', 'after'])(
    'with an onError, used %s ours, that ends the chain with an answer',
    async (where) => {
      const { base, context, store, clock } = busyRig()
      const ender = {
        onError(request: Request) {
          return {
            batchItemFailures: request.event.Records.map(({ messageId }) => ({ itemIdentifier: messageId })),
          }
        },
      }
      const ours = idempotentBatch(base)
      const composed = compose(where === 'before' ? [ender, ours] : [ours, ender], () => {
        throw new Error('the handler is broken')
      })
      expect(reported(await composed(EVENT(), context())).sort()).toEqual(['m-1', 'm-2', 'm-3'])
      // A throw is no settlement: nothing is released.
      expect(store.settlements).toEqual([])
      expect(clock.waiting).toBe(0)
    },
  )

  it.each([
    ['that names nobody', { batchItemFailures: [] }],
    ['that is another', { statusCode: 200 }],
    ['that is an array', []],
    ['without a value', undefined],
  ])('with a middleware inside of ours that answers early, by an answer %s', async (_what, answer) => {
    const { base, context, store, clock } = busyRig()
    const early = {
      before(request: Request) {
        request.earlyResponse = answer
      },
    }
    const composed = compose([idempotentBatch(base), early], each())
    expect(reported(await composed(EVENT(), context()))).toEqual(['m-1', 'm-2', 'm-3'])
    expect(store.settlements).toEqual([])
    expect(clock.waiting).toBe(0)
  })

  it('with an early answer where nobody knows the end: no lease is extended after it', async () => {
    const { base, store, clock } = busyRig()
    const early = { before: () => ({ batchItemFailures: [] }) }
    const composed = compose([idempotentBatch(base), early], each())
    expect(reported(await composed(EVENT(), {}))).toEqual(['m-1', 'm-2', 'm-3'])
    await clock.advance(120_000)
    expect(store.settlements).toEqual([])
  })

  it('with an `after` inside of ours that ends the chain', async () => {
    const { base, context } = busyRig()
    const ender = { after: () => ({ batchItemFailures: [] }) }
    // Each message has settled by then: its answer counts.
    const composed = compose([idempotentBatch(base), ender], each())
    expect(reported(await composed(EVENT(), context()))).toEqual(['m-1', 'm-2'])
    // What a handler of the whole batch returned was not seen by anybody.
    const whole = compose([idempotentBatch(base), ender], wholeBatch)
    expect(reported(await whole(EVENT(), context()))).toEqual(['m-1', 'm-2', 'm-3'])
  })

  it('with an onError that answers something else altogether', async () => {
    const { base, context } = busyRig()
    const swallower = {
      onError() {
        return { statusCode: 500 }
      },
    }
    const composed = compose([idempotentBatch(base), swallower], () => {
      throw new Error('the handler is broken')
    })
    expect(reported(await composed(EVENT(), context()))).toEqual(['m-1', 'm-2', 'm-3'])
  })

  it('with an `after` around ours that makes its own answer, or none', async () => {
    for (const theirs of [{ batchItemFailures: [] }, { statusCode: 200 }, undefined, null, 'done', []]) {
      const { base, context } = busyRig()
      const replacer = {
        after(request: Request) {
          request.response = theirs
        },
      }
      const composed = compose([replacer, idempotentBatch(base)], each())
      expect(reported(await composed(EVENT(), context())), JSON.stringify(theirs)).toEqual(['m-1', 'm-2'])
    }
  })

  it('with an `after` around ours that reports more: both', async () => {
    const { base, context } = busyRig()
    const adder = {
      after(request: Request) {
        request.response = { batchItemFailures: [{ itemIdentifier: 'm-3' }] }
      },
    }
    const composed = compose([adder, idempotentBatch(base)], each())
    expect(reported(await composed(EVENT(), context()))).toEqual(['m-1', 'm-2', 'm-3'])
  })

  it('with an early timeout that reports the records it knows', async () => {
    const { base, context, store } = busyRig()
    const handed: SqsEvent[] = []
    const composed = compose(
      [idempotentBatch(base)],
      (event: SqsEvent) => {
        handed.push(event)
        return new Promise(() => {})
      },
      {
        timeoutEarlyInMillis: 9_980,
        timeoutEarlyResponse: () => ({
          batchItemFailures: handed[0]?.Records.map(({ messageId }) => ({ itemIdentifier: messageId })),
        }),
      },
    )
    expect(reported(await composed(EVENT(), context(10_000)))).toEqual(['m-1', 'm-2', 'm-3'])
    // The handler runs on: what is named stays leased.
    expect(store.settlements).toEqual([])
  })

  it('with a middleware around ours whose `after` fails once ours has answered: the whole batch returns, and is told why', async () => {
    const { base, context } = busyRig()
    const logger = { info() {}, warn: vi.fn(), error() {} }
    const broken = {
      after() {
        throw new TypeError('no')
      },
    }
    const composed = compose([broken, idempotentBatch({ ...base, logger })], each())
    await expect(composed(EVENT(), context())).rejects.toThrow('no')
    expect(logger.warn).toHaveBeenCalledWith(
      expect.stringContaining('A middleware failed after the batch was answered'),
      expect.objectContaining({ failure: 'TypeError' }),
    )
  })
})

describe.each(MIDDYS)('%s: the event', (_name, compose) => {
  it('is put back for the middlewares that come after', async () => {
    const { base, context } = busyRig()
    const seen: string[][] = []
    const look = (request: Request) => void seen.push(request.event.Records.map(({ messageId }) => messageId))
    const composed = compose([{ before: look, after: look, onError: look }, idempotentBatch(base)], each())
    await composed(EVENT(), context())
    expect(seen).toEqual([
      ['m-1', 'm-2', 'm-3'],
      ['m-1', 'm-2', 'm-3'],
    ])
    const failing = compose([{ onError: look }, idempotentBatch(base)], () => {
      throw new Error('broken')
    })
    await expect(failing(EVENT(), context())).rejects.toThrow('broken')
    expect(seen.at(-1)).toEqual(['m-1', 'm-2', 'm-3'])
  })

  it('of which nothing is left to run reaches no handler, whatever Middy it is', async () => {
    const { base, context, store } = rig()
    store.claimScript = () => DUPLICATE
    const handler = vi.fn()
    const composed = compose([idempotentBatch(base)], handler)
    expect(reported(await composed(standard('A', 'B'), context()))).toEqual([])
    expect(handler).not.toHaveBeenCalled()
  })
})

describe.each(MIDDYS)('%s: results belong to their records', (_name, compose) => {
  it.each([
    [
      'sorts event.Records in place',
      (records: SqsEvent['Records']) => records.sort((a, b) => (a.body < b.body ? 1 : -1)),
    ],
    ['reverses event.Records in place', (records: SqsEvent['Records']) => records.reverse()],
    [
      'puts copies of its records in another order',
      (records: SqsEvent['Records']) => {
        const copies = records.map((record) => ({ ...record })).reverse()
        records.splice(0, records.length, ...copies)
        return records
      },
    ],
  ])('where a handler %s', async (_how, change) => {
    const { base, context, store } = rig()
    const composed = compose([idempotentBatch(base)], (event: SqsEvent) =>
      Promise.allSettled(
        change(event.Records).map(async ({ messageId }) => {
          if (messageId === 'B') throw new Error('declined')
        }),
      ),
    )
    expect(reported(await composed(standard('A', 'B', 'C'), context()))).toEqual(['B'])
    expect(store.settled('complete').sort()).toEqual(['A', 'C'])
    expect(store.settled('release')).toEqual(['B'])
  })

  it.each([
    [
      'a strange record',
      (records: SqsEvent['Records']) =>
        records.splice(0, 1, { ...(records[0] as SqsRecord), messageId: 'X' }),
    ],
    ['one record twice', (records: SqsEvent['Records']) => records.splice(0, 1, records[1] as SqsRecord)],
    ['one record less', (records: SqsEvent['Records']) => records.splice(0, 1)],
  ])('where they cannot be matched (%s) the whole batch returns', async (_how, change) => {
    const { base, context, store } = rig()
    const composed = compose([idempotentBatch(base)], (event: SqsEvent) => {
      const results = event.Records.map(() => ({ status: 'fulfilled', value: 1 }))
      change(event.Records)
      return results
    })
    await expect(composed(standard('A', 'B', 'C'), context())).rejects.toMatchObject({
      code: 'CONFIG',
      message: expect.stringContaining('cannot be matched'),
    })
    expect(store.settlements).toEqual([])
  })
})

describe.each(MIDDYS)('%s: a handler that adds to the answer of eachMessage', (_name, compose) => {
  it('is heard: to report more is always safe', async () => {
    const { base, context } = busyRig()
    const composed = compose([idempotentBatch(base)], async (event: SqsEvent) => {
      const answer = await eachMessage(event, () => {})
      answer.batchItemFailures.push({ itemIdentifier: 'm-3' })
      return answer
    })
    expect(reported(await composed(EVENT(), context()))).toEqual(['m-1', 'm-3'])
  })

  it('is heard when it leaves ours out', async () => {
    const { base, context } = busyRig()
    const composed = compose([idempotentBatch(base)], async (event: SqsEvent) => {
      await eachMessage(event, () => {})
      return { batchItemFailures: [{ itemIdentifier: 'm-2' }] }
    })
    expect(reported(await composed(EVENT(), context()))).toEqual(['m-1', 'm-2'])
  })

  it('is heard on a FIFO queue with all that stands behind in the group', async () => {
    const { base, context } = rig()
    const composed = compose([idempotentBatch(base)], async (event: SqsEvent) => {
      const answer = await eachMessage(event, () => {})
      return { batchItemFailures: [...answer.batchItemFailures, { itemIdentifier: 'B' }] }
    })
    const event = fifo('A:g', 'B:g', 'C:h', 'D:g')
    expect(reported(await composed(event, context()))).toEqual(['B', 'D'])
  })

  it.each([[[{ itemIdentifier: 'X' }]], [[{}]], ['A'], [[{ itemIdentifier: '' }]], [[null]]])(
    'and names what is not of the event (%j): the whole batch returns, as Lambda would have it',
    async (batchItemFailures) => {
      const { base, context } = rig()
      const composed = compose([idempotentBatch(base)], async (event: SqsEvent) => {
        await eachMessage(event, () => {})
        return { batchItemFailures }
      })
      expect(reported(await composed(standard('A', 'B'), context()))).toEqual(['A', 'B'])
    },
  )
})

describe.each(MIDDYS)('%s: used wrongly', (_name, compose) => {
  it('an eachMessage that is not awaited is told so; nothing is acknowledged, and no timer is left', async () => {
    const { base, context, clock, store } = rig()
    const composed = compose([idempotentBatch(base)], (event: SqsEvent) => {
      void eachMessage(event, () => new Promise(() => {}))
    })
    await expect(composed(standard('A'), context())).rejects.toMatchObject({
      code: 'CONFIG',
      message: expect.stringContaining('eachMessage was not awaited'),
    })
    expect(store.settled('complete')).toEqual([])
    expect(clock.waiting).toBe(0)
  })

  it('the middleware used twice is told so, and what the first has claimed is given back', async () => {
    const { base, context, store } = rig()
    const composed = compose([idempotentBatch(base), idempotentBatch(base)], each())
    await expect(composed(standard('A', 'B'), context())).rejects.toMatchObject({
      code: 'CONFIG',
      message: expect.stringContaining('used twice'),
    })
    expect(store.claims).toHaveLength(2)
    expect(store.settled('give-back')).toEqual(['A', 'B'])
  })

  it('eachMessage called after the batch was answered runs nothing', async () => {
    const { base, context } = rig()
    const ran = vi.fn()
    const late = Promise.withResolvers<void>()
    let result: Promise<unknown> | undefined
    const composed = compose(
      [idempotentBatch(base)],
      (event: SqsEvent) => {
        result = late.promise.then(() => eachMessage(event, ran))
        return result
      },
      { timeoutEarlyInMillis: 9_980 },
    )
    await expect(composed(standard('A'), context(10_000))).rejects.toMatchObject({ name: 'TimeoutError' })
    late.resolve()
    await expect(result).rejects.toMatchObject({
      code: 'CONFIG',
      message: expect.stringContaining('answered'),
    })
    expect(ran).not.toHaveBeenCalled()
  })
})
