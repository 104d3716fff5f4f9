import { describe, expect, it } from 'vitest'
import { sqsHandler } from '../../src/lambda/sqs-handler.ts'
import { numberedEvent as sqsEvent } from '../testing/numbered-event.ts'
import { fifo, Gates, reported, rig, settled, standard } from './rig.ts'
import { BUSY, DUPLICATE, POISONED, UNAVAILABLE } from './scripted-store.ts'

describe('a FIFO queue', () => {
  it('runs groups in parallel and each group in order, one after the other', async () => {
    const { base, context } = rig()
    const gates = new Gates()
    const response = sqsHandler(base, gates.handler)(fifo('A:g', 'B:g', 'C:h', 'D:h'), context())
    await settled()
    expect(gates.begun).toEqual(['A', 'C'])
    gates.succeed('C')
    await settled()
    expect(gates.begun).toEqual(['A', 'C', 'D'])
    gates.succeed('A')
    await settled()
    expect(gates.begun).toEqual(['A', 'C', 'D', 'B'])
    gates.succeed('B')
    gates.succeed('D')
    expect(reported(await response)).toEqual([])
  })

  it('starts the next of a group only after the completion of the one before is confirmed', async () => {
    const { base, context, store } = rig()
    const completion = Promise.withResolvers<undefined>()
    store.settleScript = (_settlement, messageId) => (messageId === 'A' ? completion.promise : undefined)
    const ran: string[] = []
    const response = sqsHandler(base, (message) => {
      ran.push(message.messageId)
    })(fifo('A:g', 'B:g'), context())
    await settled()
    expect(ran).toEqual(['A'])
    completion.resolve(undefined)
    await response
    expect(ran).toEqual(['A', 'B'])
  })

  it('runs no more groups at once than `concurrency`', async () => {
    const { base, context } = rig()
    const gates = new Gates()
    const handler = sqsHandler({ ...base, concurrency: 1 }, gates.handler)
    const response = handler(fifo('A:g', 'B:h', 'C:g'), context())
    for (const messageId of ['A', 'C', 'B']) {
      await settled()
      expect(gates.begun.at(-1)).toBe(messageId)
      gates.succeed(messageId)
    }
    expect(reported(await response)).toEqual([])
  })

  it('stops a group at its first failure: the rest is reported, not run, and stays leased', async () => {
    const { base, context, store, outcomes } = rig()
    const ran: string[] = []
    const response = await sqsHandler(base, (message) => {
      ran.push(message.messageId)
      if (message.messageId === 'B') throw new Error('declined')
    })(fifo('A:g', 'B:g', 'C:g', 'D:g', 'E:h'), context())
    expect(ran.sort()).toEqual(['A', 'B', 'E'])
    expect(reported(response)).toEqual(['B', 'C', 'D'])
    expect(store.settled('release')).toEqual(['B'])
    expect(outcomes()).toMatchObject({ C: 'not-started', D: 'not-started' })
  })

  it.each([
    ['busy', BUSY],
    ['mismatch', { kind: 'mismatch' }],
    ['poisoned', POISONED],
    ['of an unknown version', { kind: 'unknown-record', detail: 'schemaVersion 2' }],
    ['without an answer of the store', UNAVAILABLE],
  ] as const)('stops a group at a record that is refused: %s', async (_name, answer) => {
    const { base, context, store } = rig()
    store.claimScript = (_request, messageId) => (messageId === 'B' ? answer : undefined)
    const ran: string[] = []
    const response = await sqsHandler(base, (message) => {
      ran.push(message.messageId)
    })(fifo('A:g', 'B:g', 'C:g', 'D:h'), context())
    expect(ran.sort()).toEqual(['A', 'D'])
    expect(reported(response)).toEqual(['B', 'C'])
  })

  it('does not claim for another payload of a refused key behind it, in its group; in another group it does', async () => {
    const { base, context, store } = rig()
    store.claimScript = (_request, messageId) => (messageId === 'A' ? { kind: 'mismatch' } : undefined)
    const ran: string[] = []
    const handler = sqsHandler({ ...base, key: () => 'order-1' }, (message) => {
      ran.push(message.messageId)
    })
    expect(reported(await handler(fifo('A:g', 'B:g', 'C:h'), context()))).toEqual(['A', 'B'])
    expect(store.claims.map(({ messageId }) => messageId)).toEqual(['A', 'C'])
    expect(ran).toEqual(['C'])
  })

  it('stops a group at a record whose body is invalid or whose key is missing', async () => {
    const { base, context, outcomes } = rig()
    const ran: string[] = []
    const handler = sqsHandler(
      { ...base, key: (message) => (message.body === 'B' ? '' : message.body) },
      (message) => {
        ran.push(message.messageId)
      },
    )
    expect(reported(await handler(fifo('A:g', 'B:g', 'C:g', 'D:h'), context()))).toEqual(['B', 'C'])
    expect(ran.sort()).toEqual(['A', 'D'])
    expect(outcomes()).toMatchObject({ B: 'key-missing', C: 'not-started' })
  })

  it('stops a group at a record of the same key and another payload', async () => {
    const { base, context } = rig()
    const ran: string[] = []
    const handler = sqsHandler({ ...base, key: (m) => (m.body === 'C' ? 'C' : 'same') }, (message) => {
      ran.push(message.messageId)
    })
    expect(reported(await handler(fifo('A:g', 'B:g', 'C:g'), context()))).toEqual(['B', 'C'])
    expect(ran).toEqual(['A'])
  })

  it.each(['lease-lost', 'unknown'] as const)('stops a group at a completion that ends %s', async (kind) => {
    const { base, context, store } = rig()
    store.settleScript = (_settlement, messageId) => {
      if (messageId !== 'A') return undefined
      return kind === 'unknown' ? { kind, error: new Error('no answer') } : { kind, detail: 'fence' }
    }
    const ran: string[] = []
    const response = await sqsHandler(base, (message) => {
      ran.push(message.messageId)
    })(fifo('A:g', 'B:g'), context())
    expect(ran).toEqual(['A'])
    expect(reported(response)).toEqual(['A', 'B'])
  })

  it('acknowledges nothing after an unacknowledged record of the group, even a duplicate', async () => {
    const { base, context, store, outcomes } = rig()
    store.claimScript = (_request, messageId) => {
      if (messageId === 'A') return BUSY
      return messageId === 'B' ? DUPLICATE : undefined
    }
    const response = await sqsHandler(base, () => {})(fifo('A:g', 'B:g', 'C:h'), context())
    expect(reported(response)).toEqual(['A', 'B'])
    expect(outcomes()).toMatchObject({ A: 'busy', B: 'duplicate', C: 'completed' })
  })

  it.each([
    ['fails', () => Promise.reject(new Error('declined'))],
    ['has no end', () => new Promise(() => {})],
  ])('reports a duplicate behind a record of its group whose handler %s', async (_name, handler) => {
    const { base, context, clock, store, outcomes } = rig()
    store.claimScript = (_request, messageId) => ('BD'.includes(messageId) ? DUPLICATE : undefined)
    const response = sqsHandler(base, ({ messageId }) => (messageId === 'A' ? handler() : undefined))(
      fifo('A:g', 'B:g', 'C:h', 'D:h'),
      context(10_000),
    )
    await clock.advance(10_000)
    expect(reported(await response)).toEqual(['A', 'B'])
    expect(outcomes()).toMatchObject({ B: 'duplicate', C: 'completed', D: 'duplicate' })
  })

  it.each(['lease-lost', 'unknown'] as const)(
    'reports a duplicate behind a completion that ends %s',
    async (kind) => {
      const { base, context, store } = rig()
      store.claimScript = (_request, messageId) => (messageId === 'B' ? DUPLICATE : undefined)
      store.settleScript = () =>
        kind === 'unknown' ? { kind, error: new Error('no answer') } : { kind, detail: 'fence' }
      const response = await sqsHandler(base, () => {})(fifo('A:g', 'B:g'), context())
      expect(reported(response)).toEqual(['A', 'B'])
    },
  )

  it('goes on after a duplicate, which is acknowledged', async () => {
    const { base, context, store } = rig()
    store.claimScript = (_request, messageId) => (messageId === 'A' ? DUPLICATE : undefined)
    const ran: string[] = []
    const response = await sqsHandler(base, (message) => {
      ran.push(message.messageId)
    })(fifo('A:g', 'B:g'), context())
    expect(ran).toEqual(['B'])
    expect(reported(response)).toEqual([])
  })

  it('holds back a record that completed in another lane but stands after an unacknowledged one of its group', async () => {
    const { base, context } = rig()
    const ran: string[] = []
    // C leads for D, which stands after the failed B; D shares success but may not be acknowledged.
    const handler = sqsHandler(
      { ...base, fingerprint: false, key: (m) => (m.body === 'D' ? 'C' : m.body) },
      (message) => {
        ran.push(message.messageId)
        if (message.messageId === 'B') throw new Error('declined')
      },
    )
    const response = await handler(fifo('C:h', 'B:g', 'D:g'), context())
    expect(ran.sort()).toEqual(['B', 'C'])
    expect(reported(response)).toEqual(['B', 'D'])
  })

  it('waits behind a record whose key runs in another group, until that one has ended', async () => {
    const { base, context } = rig()
    const gates = new Gates()
    const handler = sqsHandler(
      { ...base, fingerprint: false, key: (m) => (m.body === 'B' ? 'A' : m.body) },
      gates.handler,
    )
    const response = handler(fifo('A:g', 'B:h', 'C:h'), context())
    await settled()
    expect(gates.begun).toEqual(['A'])
    gates.succeed('A')
    await settled()
    expect(gates.begun).toEqual(['A', 'C'])
    gates.succeed('C')
    expect(reported(await response)).toEqual([])
  })

  it('waits so with one place too, and stops where the other fails', async () => {
    const { base, context, store } = rig()
    const ran: string[] = []
    const handler = sqsHandler(
      { ...base, concurrency: 1, fingerprint: false, key: (m) => (m.body === 'C' ? 'B' : m.body) },
      (message) => {
        ran.push(message.messageId)
        if (message.messageId === 'B') throw new Error('declined')
      },
    )
    // C waits for B, which has no place before A is done.
    expect(reported(await handler(fifo('A:g', 'B:h', 'C:g', 'D:g'), context()))).toEqual(['B', 'C', 'D'])
    expect(ran).toEqual(['A', 'B'])
    expect(store.settled('give-back')).toEqual(['D'])
  })

  it('follows in the same group without running again', async () => {
    const { base, context } = rig()
    const ran: string[] = []
    const handler = sqsHandler(
      { ...base, fingerprint: false, key: (m) => (m.body === 'B' ? 'A' : m.body) },
      (message) => {
        ran.push(message.messageId)
      },
    )
    expect(reported(await handler(fifo('A:g', 'B:g', 'C:g'), context()))).toEqual([])
    expect(ran).toEqual(['A', 'C'])
  })
})

describe("fifo: 'batch'", () => {
  it('runs all groups in the order of the batch', async () => {
    const { base, context } = rig()
    const gates = new Gates()
    const handler = sqsHandler({ ...base, fifo: 'batch' }, gates.handler)
    const response = handler(fifo('A:g', 'B:h', 'C:g'), context())
    for (const messageId of ['A', 'B', 'C']) {
      await settled()
      expect(gates.begun.at(-1)).toBe(messageId)
      gates.succeed(messageId)
    }
    expect(reported(await response)).toEqual([])
    expect(gates.begun).toEqual(['A', 'B', 'C'])
  })

  it('stops the whole batch at the first failure', async () => {
    const { base, context } = rig()
    const ran: string[] = []
    const handler = sqsHandler({ ...base, fifo: 'batch' }, (message) => {
      ran.push(message.messageId)
      if (message.messageId === 'B') throw new Error('declined')
    })
    expect(reported(await handler(fifo('A:g', 'B:h', 'C:i'), context()))).toEqual(['B', 'C'])
    expect(ran).toEqual(['A', 'B'])
  })

  it('acknowledges nothing after a refused record, even a duplicate of another group', async () => {
    const { base, context, store } = rig()
    store.claimScript = (_request, messageId) => {
      if (messageId === 'A') return BUSY
      return messageId === 'B' ? DUPLICATE : undefined
    }
    const handler = sqsHandler({ ...base, fifo: 'batch' }, () => {})
    expect(reported(await handler(fifo('A:g', 'B:h', 'C:i'), context()))).toEqual(['A', 'B', 'C'])
  })

  it('changes nothing on a standard queue', async () => {
    const { base, context } = rig()
    const handler = sqsHandler({ ...base, fifo: 'batch' }, (message) => {
      if (message.messageId === 'A') throw new Error('declined')
    })
    expect(reported(await handler(standard('A', 'B'), context()))).toEqual(['A'])
  })
})

describe('what makes a queue FIFO', () => {
  it('is the suffix of its ARN, not a group id: on a standard queue that means fair queues', async () => {
    const { base, context } = rig()
    const event = sqsEvent([
      { messageId: 'A', body: 'A', groupId: 'g' },
      { messageId: 'B', body: 'B', groupId: 'g' },
    ])
    const gates = new Gates()
    const response = sqsHandler(base, gates.handler)(event, context())
    await settled()
    expect(gates.begun).toEqual(['A', 'B'])
    gates.fail('A')
    gates.succeed('B')
    expect(reported(await response)).toEqual(['A'])
  })

  it('is not a `.fifo` in the middle of the name', async () => {
    const { base, context } = rig()
    const event = sqsEvent(['a', 'b'], { queueName: 'orders.fifo-copy' })
    const handler = sqsHandler(base, (message) => {
      if (message.body === 'a') throw new Error('declined')
    })
    expect(reported(await handler(event, context()))).toEqual(['message-1'])
  })

  it('puts records without a group id into one group: order is never lost by a missing attribute', async () => {
    const { base, context } = rig()
    const event = fifo('A:g', 'B:g')
    for (const { attributes } of event.Records) delete attributes.MessageGroupId
    const handler = sqsHandler(base, (message) => {
      if (message.messageId === 'A') throw new Error('declined')
    })
    expect(reported(await handler(event, context()))).toEqual(['A', 'B'])
  })
})
