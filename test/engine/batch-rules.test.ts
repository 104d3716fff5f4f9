import { describe, expect, it } from 'vitest'
import { sqsHandler } from '../../src/lambda/sqs-handler.ts'
import { numberedEvent as sqsEvent } from '../testing/numbered-event.ts'
import { Gates, reported, rig, settled, standard } from './rig.ts'
import { BUSY } from './scripted-store.ts'

describe('1. key and fingerprint', () => {
  it('are computed once per record, before any handler', async () => {
    const { base, context } = rig()
    const order: string[] = []
    const handler = sqsHandler(
      {
        ...base,
        key: (message) => {
          order.push(`key ${message.messageId}`)
          return message.body
        },
        fingerprint: (message) => {
          order.push(`fingerprint ${message.messageId}`)
          return message.body
        },
      },
      (message) => {
        order.push(`run ${message.messageId}`)
      },
    )
    await handler(standard('A', 'B'), context())
    expect(order).toEqual(['key A', 'fingerprint A', 'key B', 'fingerprint B', 'run A', 'run B'])
  })

  it('come from the untouched record, whatever a handler does to its input', async () => {
    const { base, context, store } = rig()
    const handler = sqsHandler({ ...base, key: (message) => message.body }, (message) => {
      // A handler in JavaScript is not held back by `readonly`.
      Object.assign(message.record, { messageId: 'stolen', body: 'changed' })
      Object.assign(message, { messageId: 'stolen', key: 'changed' })
      throw new Error('after the damage')
    })
    const event = standard('A', 'B')
    const response = await handler(event, context())
    expect(reported(response)).toEqual(['A', 'B'])
    expect(store.settlements.map(({ claim }) => claim.id)).toEqual(store.claims.map(({ id }) => id))
    expect(store.settlements.map(({ claim }) => claim.fingerprint)).toEqual(
      store.claims.map(({ fingerprint }) => fingerprint),
    )
  })
})

describe('2. records with the same key in one batch', () => {
  it('run once: the others share the outcome, here success', async () => {
    const { base, context, store, outcomes } = rig()
    const ran: string[] = []
    const handler = sqsHandler({ ...base, key: () => 'order-1', fingerprint: false }, (message) => {
      ran.push(message.messageId)
    })
    const response = await handler(standard('A', 'B', 'C'), context())
    expect(ran).toEqual(['A'])
    expect(store.claims).toHaveLength(1)
    expect(reported(response)).toEqual([])
    expect(outcomes()).toEqual({ A: 'completed', B: 'shared', C: 'shared' })
  })

  it('run once: the others share the outcome, here failure', async () => {
    const { base, context, outcomes } = rig()
    const handler = sqsHandler({ ...base, key: () => 'order-1', fingerprint: false }, () => {
      throw new Error('declined')
    })
    expect(reported(await handler(standard('A', 'B'), context()))).toEqual(['A', 'B'])
    expect(outcomes()).toEqual({ A: 'failed', B: 'shared' })
  })

  it('share a refusal too', async () => {
    const { base, context, store } = rig()
    store.claimScript = () => BUSY
    const handler = sqsHandler({ ...base, key: () => 'order-1', fingerprint: false }, () => {})
    expect(reported(await handler(standard('A', 'B'), context()))).toEqual(['A', 'B'])
  })

  it('give unique identifiers in the response when the queue put the same message twice in one batch', async () => {
    const { base, context } = rig()
    let runs = 0
    const handler = sqsHandler(base, () => {
      runs++
      throw new Error('declined')
    })
    expect(reported(await handler(standard('A', 'A', 'B'), context()))).toEqual(['A', 'B'])
    expect(runs).toBe(2)
  })

  it('look for a record first when any of them is a redelivery', async () => {
    const { base, context, store } = rig()
    const handler = sqsHandler({ ...base, key: () => 'order-1', fingerprint: false }, () => {})
    const event = sqsEvent([
      { messageId: 'A', body: 'x' },
      { messageId: 'B', body: 'x', receiveCount: 3 },
    ])
    await handler(event, context())
    expect(store.claims.map(({ redelivered }) => redelivered)).toEqual([true])
  })

  it('with another payload fail alone: nothing of them runs', async () => {
    const { base, context, outcomes } = rig()
    const ran: string[] = []
    const handler = sqsHandler({ ...base, key: () => 'order-1' }, (message) => {
      ran.push(message.body)
    })
    expect(reported(await handler(standard('A', 'B'), context()))).toEqual(['B'])
    expect(ran).toEqual(['A'])
    expect(outcomes()).toEqual({ A: 'completed', B: 'mismatch' })
  })

  it('with another payload are asked for when the first is refused for its own: the record may be theirs', async () => {
    const { base, context, outcomes, store } = rig()
    store.claimScript = (_request, messageId) =>
      messageId === 'A' || messageId === 'B' ? { kind: 'mismatch' } : undefined
    const ran: string[] = []
    const handler = sqsHandler({ ...base, key: () => 'order-1' }, (message) => {
      ran.push(message.messageId)
    })
    expect(reported(await handler(standard('A', 'B', 'C', 'D'), context()))).toEqual(['A', 'B', 'D'])
    expect(ran).toEqual(['C'])
    expect(outcomes()).toEqual({ A: 'mismatch', B: 'mismatch', C: 'completed', D: 'mismatch' })
    expect(store.claims.map(({ messageId }) => messageId)).toEqual(['A', 'B', 'C'])
  })

  it.each([
    ['busy', BUSY, 'mismatch'],
    [
      'without an answer of the store',
      { kind: 'unavailable', error: undefined, reason: 'timeout' },
      'store-unavailable',
    ],
  ] as const)(
    'with another payload are not asked for when the first is refused for another reason: %s',
    async (_name, answer, outcome) => {
      const { base, context, outcomes, store } = rig()
      store.claimScript = () => answer
      const handler = sqsHandler({ ...base, key: () => 'order-1', onStoreUnavailable: 'run' }, () => {})
      await handler(standard('A', 'B'), context())
      expect(outcomes()['B']).toBe(outcome)
      expect(store.claims[0]?.messageId).toBe('A')
      expect(store.claims.some(({ messageId }) => messageId === 'B')).toBe(false)
    },
  )
})

describe('3. a standard queue', () => {
  it('runs no more records at once than `concurrency`, and the next as soon as one has settled', async () => {
    const { base, context } = rig()
    const gates = new Gates()
    const handler = sqsHandler({ ...base, concurrency: 2 }, gates.handler)
    const response = handler(standard('A', 'B', 'C', 'D'), context())
    await settled()
    expect(gates.begun).toEqual(['A', 'B'])
    gates.succeed('B')
    await settled()
    expect(gates.begun).toEqual(['A', 'B', 'C'])
    gates.fail('A')
    await settled()
    expect(gates.begun).toEqual(['A', 'B', 'C', 'D'])
    gates.succeed('C')
    gates.succeed('D')
    expect(reported(await response)).toEqual(['A'])
  })

  it('frees the place of a record whose completion is still under way', async () => {
    const { base, context, store } = rig()
    const gates = new Gates()
    const completion = Promise.withResolvers<undefined>()
    store.settleScript = (_settlement, messageId) => (messageId === 'A' ? completion.promise : undefined)
    const response = sqsHandler({ ...base, concurrency: 1 }, gates.handler)(standard('A', 'B'), context())
    gates.succeed('A')
    await settled()
    expect(gates.begun).toEqual(['A', 'B'])
    gates.succeed('B')
    completion.resolve(undefined)
    expect(reported(await response)).toEqual([])
  })

  it('starts nothing more while a group of effects waits for its first completion, or a crash would repeat too many', async () => {
    const { base, context, store } = rig()
    const answer = Promise.withResolvers<undefined>()
    store.settleScript = () => answer.promise
    let runs = 0
    const ids = Array.from({ length: 150 }, (_, index) => `m-${index}`)
    const response = sqsHandler(base, () => {
      runs++
    })(standard(...ids), context())
    await settled()
    expect(runs).toBeGreaterThanOrEqual(25)
    // Ten more may have started beside them.
    expect(runs).toBeLessThanOrEqual(35)
    answer.resolve(undefined)
    await response
    expect(runs).toBe(150)
  })

  it('starts exactly a group ahead of its completions where they run one at a time, and two once some are confirmed', async () => {
    const { base, context, store } = rig()
    const answer = Promise.withResolvers<undefined>()
    let asked = 0
    let confirmed = 0
    store.settleScript = () => (++asked <= confirmed ? undefined : answer.promise)
    let runs = 0
    const ids = Array.from({ length: 150 }, (_, index) => `m-${index}`)
    const response = sqsHandler({ ...base, concurrency: 1 }, () => {
      runs++
    })(standard(...ids), context())
    for (let turn = 0; turn < 30; turn++) await settled()
    expect(runs).toBe(25)
    answer.resolve(undefined)
    expect(reported(await response)).toEqual([])
    const hanging = Promise.withResolvers<undefined>()
    store.settleScript = () => (++confirmed <= 40 ? undefined : hanging.promise)
    runs = 0
    const second = sqsHandler({ ...base, concurrency: 1 }, () => {
      runs++
    })(standard(...ids), context())
    for (let turn = 0; turn < 60; turn++) await settled()
    expect(runs).toBe(40 + 50)
    hanging.resolve(undefined)
    await second
  })

  it('gives one signal to all where the end is known', async () => {
    const { base, context } = rig()
    const signals = new Set<AbortSignal>()
    await sqsHandler(base, (_message, claim) => {
      signals.add(claim.signal)
    })(standard('A', 'B'), context())
    expect(signals.size).toBe(1)
  })

  it('completes each record as soon as its handler is done, not at the end of the batch', async () => {
    const { base, context, store } = rig()
    const gates = new Gates()
    const response = sqsHandler(base, gates.handler)(standard('A', 'B'), context())
    gates.succeed('B')
    await settled()
    expect(store.settled('complete')).toEqual(['B'])
    gates.succeed('A')
    await response
  })

  it('claims a batch of ten thousand a slice at a time', async () => {
    const { base, context, store } = rig()
    const ids = Array.from({ length: 10_000 }, (_, index) => `m-${index}`)
    let most = 0
    let asked = 0
    const claim = store.claim.bind(store)
    store.claim = async (requests, call) => {
      asked += requests.length
      most = Math.max(most, asked)
      const answer = await claim(requests, call)
      asked -= requests.length
      return answer
    }
    expect(reported(await sqsHandler(base, () => {})(standard(...ids), context()))).toEqual([])
    // Two slices at once.
    expect(most).toBe(200)
    expect(store.settled('complete')).toHaveLength(10_000)
  })
})
