import { describe, expect, it } from 'vitest'
import type { SqsBatchResponse } from '../../src/lambda/partial-response.ts'
import { sqsHandler } from '../../src/lambda/sqs-handler.ts'
import { fifo, Gates, reported, rig, settled, standard } from './rig.ts'
import { BUSY, DUPLICATE, POISONED, UNAVAILABLE } from './scripted-store.ts'

describe('5. only a confirmed completion acknowledges', () => {
  it.each([
    ['busy', BUSY],
    ['mismatch', { kind: 'mismatch' }],
    ['poisoned', POISONED],
    ['unknown-record', { kind: 'unknown-record', detail: 'schemaVersion 2' }],
    ['store-unavailable', UNAVAILABLE],
  ] as const)('%s: reported, not run', async (outcome, answer) => {
    const { base, context, store, outcomes } = rig()
    store.claimScript = (_request, messageId) => (messageId === 'A' ? answer : undefined)
    const ran: string[] = []
    const response = await sqsHandler(base, (message) => {
      ran.push(message.messageId)
    })(standard('A', 'B'), context())
    expect(reported(response)).toEqual(['A'])
    expect(ran).toEqual(['B'])
    expect(outcomes()).toEqual({ A: outcome, B: 'completed' })
    expect(store.settled('release')).toEqual([])
  })

  it('duplicate: acknowledged, not run', async () => {
    const { base, context, store, outcomes } = rig()
    store.claimScript = (_request, messageId) => (messageId === 'A' ? DUPLICATE : undefined)
    const ran: string[] = []
    const response = await sqsHandler(base, (message) => {
      ran.push(message.messageId)
    })(standard('A', 'B'), context())
    expect(reported(response)).toEqual([])
    expect(ran).toEqual(['B'])
    expect(outcomes()).toEqual({ A: 'duplicate', B: 'completed' })
  })

  it.each([
    ['lease-lost', { kind: 'lease-lost', detail: 'fence' }],
    ['unknown-completion', { kind: 'unknown', error: new Error('no answer') }],
  ] as const)('%s: reported though the handler succeeded', async (outcome, answer) => {
    const { base, context, store, outcomes } = rig()
    store.settleScript = (_settlement, messageId) => (messageId === 'A' ? answer : undefined)
    const response = await sqsHandler(base, () => {})(standard('A', 'B'), context())
    expect(reported(response)).toEqual(['A'])
    expect(outcomes()).toEqual({ A: outcome, B: 'completed' })
  })

  it('a completion by another owner: acknowledged, and told as a duplicate effect', async () => {
    const { base, context, store, notices } = rig()
    store.settleScript = () => ({ kind: 'completed', duplicateEffect: true })
    expect(reported(await sqsHandler(base, () => {})(standard('A'), context()))).toEqual([])
    expect(notices()).toEqual(['duplicate-effect'])
  })

  it('a handler error: released as FAILED with the class name of the error, reported', async () => {
    const { base, context, store, outcomes } = rig()
    const response = await sqsHandler(base, () => {
      throw new RangeError('the card number 4111 is wrong')
    })(standard('A'), context())
    expect(reported(response)).toEqual(['A'])
    expect(store.settlements).toMatchObject([{ kind: 'release', status: 'FAILED', failure: 'RangeError' }])
    expect(outcomes()).toEqual({ A: 'failed' })
  })

  it.each([
    ['lease-lost', { kind: 'lease-lost', detail: 'fence' }],
    ['unknown', { kind: 'unknown', error: new Error('no answer') }],
  ] as const)('a release that ends %s changes nothing: the outcome is failure', async (_name, answer) => {
    const { base, context, store, outcomes } = rig()
    store.settleScript = () => answer
    const response = await sqsHandler(base, () => Promise.reject(new Error('declined')))(
      standard('A'),
      context(),
    )
    expect(reported(response)).toEqual(['A'])
    expect(outcomes()).toEqual({ A: 'failed' })
  })

  it('a store that rejects at settle time has confirmed nothing', async () => {
    const { base, context, store, outcomes } = rig()
    store.settleScript = () => Promise.reject(new Error('access denied'))
    expect(reported(await sqsHandler(base, () => {})(standard('A'), context()))).toEqual(['A'])
    expect(outcomes()).toEqual({ A: 'unknown-completion' })
  })

  it('a store that gives too few answers has confirmed nothing', async () => {
    const { base, context, store, outcomes } = rig()
    store.settle = async () => []
    expect(reported(await sqsHandler(base, () => {})(standard('A'), context()))).toEqual(['A'])
    store.claim = async () => []
    expect(reported(await sqsHandler(base, () => {})(standard('B'), context()))).toEqual(['B'])
    expect(outcomes()).toEqual({ A: 'unknown-completion', B: 'store-unavailable' })
  })

  it('something that is thrown but is no error: failure like any other', async () => {
    const { base, context, store } = rig()
    const response = await sqsHandler(base, () => Promise.reject(undefined))(standard('A'), context())
    expect(reported(response)).toEqual(['A'])
    expect(store.settlements).toMatchObject([{ kind: 'release', failure: 'undefined' }])
  })
})

describe('6. what cannot be read', () => {
  it('throws for a misconfigured store, and nothing is acknowledged', async () => {
    const { base, context, store } = rig()
    store.claimScript = () =>
      Promise.reject(Object.assign(new Error('no table'), { code: 'STORE_MISCONFIGURED' }))
    let runs = 0
    const handler = sqsHandler(base, () => {
      runs++
    })
    await expect(handler(standard('A', 'B'), context())).rejects.toThrow('no table')
    expect(runs).toBe(0)
  })
})

describe('the response', () => {
  it('is a fresh object every time', async () => {
    const { base, context } = rig()
    const handler = sqsHandler(base, () => {})
    const first: SqsBatchResponse = await handler(standard('A'), context())
    first.batchItemFailures.push({ itemIdentifier: 'somebody else’s' })
    expect(await handler(standard('B'), context())).toEqual({ batchItemFailures: [] })
  })

  it('names only identifiers of the event, each once', async () => {
    const { base, context } = rig()
    const event = fifo('A:g', 'B:g', 'A:g', 'C:h')
    const response = await sqsHandler(base, () => Promise.reject(new Error('declined')))(event, context())
    expect(reported(response)).toEqual(['A', 'B', 'C'])
  })

  it('is empty for an empty batch', async () => {
    const { base, context } = rig()
    expect(await sqsHandler(base, () => {})({ Records: [] }, context())).toEqual({ batchItemFailures: [] })
  })
})

describe('several invocations interleaved in one process', () => {
  it('keep their outcomes apart', async () => {
    const { base, context, events } = rig()
    const gates = new Gates()
    const handler = sqsHandler(base, gates.handler)
    const first = handler(standard('A', 'B'), context())
    const second = handler(standard('C', 'D'), context())
    await settled()
    expect(gates.begun).toEqual(['A', 'B', 'C', 'D'])
    gates.fail('D')
    gates.succeed('A')
    gates.succeed('C')
    gates.fail('B')
    expect(reported(await second)).toEqual(['D'])
    expect(reported(await first)).toEqual(['B'])
    const batches = events.filter((event) => event.kind === 'batch')
    expect(batches).toMatchObject([
      { messages: 2, failures: 1, counts: { completed: 1, failed: 1 } },
      { messages: 2, failures: 1, counts: { completed: 1, failed: 1 } },
    ])
  })

  it('abort only their own signals at their own deadlines', async () => {
    const { base, context, clock } = rig()
    const aborted: string[] = []
    const handler = sqsHandler(base, (message, claim) => {
      claim.signal.addEventListener('abort', () => aborted.push(message.messageId))
      return new Promise(() => {})
    })
    const first = handler(standard('A'), context(5_000))
    const second = handler(standard('B'), context(20_000))
    await clock.advance(4_000)
    expect(aborted).toEqual(['A'])
    await clock.advance(500)
    expect(reported(await first)).toEqual(['A'])
    await clock.advance(15_000)
    expect(reported(await second)).toEqual(['B'])
  })
})
