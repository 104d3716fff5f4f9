import { describe, expect, it } from 'vitest'
import { StoreMisconfiguredError } from '../../src/errors/store-misconfigured-error.ts'
import { idempotentBatch } from '../../src/lambda/idempotent-batch.ts'
import type { SqsEvent } from '../../src/lambda/sqs-event.ts'
import { sqsHandler } from '../../src/lambda/sqs-handler.ts'
import { MIDDYS } from '../lambda/middlewares.ts'
import { fifo, Gates, type Rig, reported, rig, settled, standard } from './rig.ts'
import { BUSY, FRESH } from './scripted-store.ts'

/** A store that never answers to a giving back; all that happens, in order. */
function silent(): Rig & { readonly log: string[]; readonly gates: Gates } {
  const parts = rig()
  const log: string[] = []
  const gates = new Gates()
  parts.store.settleScript = ({ kind }, messageId) => {
    log.push(`${kind} ${messageId}`)
    return kind === 'give-back' ? new Promise(() => {}) : undefined
  }
  return { ...parts, log, gates }
}

describe('once the giving back of a message was sent, nothing of its handler starts, though no answer ever comes', () => {
  it('behind the failed head of a FIFO group, whoever else ends later', async () => {
    const { base, context, clock, log, gates } = silent()
    const response = sqsHandler(base, gates.handler)(fifo('A:g', 'B:g', 'C:g', 'D:h', 'E:h'), context(10_000))
    await settled()
    gates.fail('A')
    await settled()
    expect(log).toEqual(['release A', 'give-back B', 'give-back C'])
    gates.succeed('D')
    await settled()
    gates.succeed('E')
    await clock.advance(10_000)
    expect(gates.begun).toEqual(['A', 'D', 'E'])
    expect(reported(await response)).toEqual(['A', 'B', 'C'])
  })

  it('at the reserve, when a place becomes free after it', async () => {
    const { base, context, clock, log, gates } = silent()
    const handler = sqsHandler({ ...base, concurrency: 1 }, gates.handler)
    const response = handler(standard('A', 'B', 'C'), context(10_000))
    await clock.advance(8_500)
    expect(log).toEqual(['give-back B', 'give-back C'])
    gates.succeed('A')
    await clock.advance(1_500)
    expect(log).toEqual(['give-back B', 'give-back C', 'complete A'])
    expect(gates.begun).toEqual(['A'])
    expect(reported(await response)).toEqual(['B', 'C'])
  })

  it('when its claim is answered after the reserve has begun', async () => {
    const { base, context, clock, log, gates, store } = silent()
    const claim = Promise.withResolvers<typeof FRESH>()
    store.claimScript = () => claim.promise
    const response = sqsHandler(base, gates.handler)(standard('A', 'B'), context(10_000))
    await clock.advance(8_600)
    claim.resolve(FRESH)
    await clock.advance(1_400)
    expect(log).toEqual(['give-back A', 'give-back B'])
    expect(gates.begun).toEqual([])
    expect(reported(await response)).toEqual(['A', 'B'])
  })

  it('when the role may not settle: what waits is given back', async () => {
    const { base, context, clock, gates, store } = silent()
    const denied = Object.assign(new Error('may not'), { code: 'STORE_MISCONFIGURED' })
    store.settleScript = ({ kind }) =>
      kind === 'give-back' ? new Promise(() => {}) : { kind: 'unknown', error: denied }
    const handler = sqsHandler({ ...base, concurrency: 2 }, gates.handler)
    const response = handler(standard('A', 'B', 'C', 'D'), context(10_000))
    await settled()
    gates.succeed('A')
    await settled()
    expect(store.settled('give-back')).toEqual(['D'])
    gates.succeed('B')
    await clock.advance(10_000)
    expect(gates.begun).toEqual(['A', 'B', 'C'])
    expect(reported(await response)).toEqual(['A', 'B', 'C', 'D'])
  })
})

describe('what was claimed beside a record that the store refuses as misconfigured', () => {
  const refused = { kind: 'unavailable', error: new StoreMisconfiguredError('Grant PutItem.') } as const

  it('does not run and is given back, and the batch ends by that error', async () => {
    const { base, context, store, outcomes, notices } = rig()
    store.claimScript = (_request, messageId) => (messageId === 'B' ? refused : undefined)
    const ran: string[] = []
    const handler = sqsHandler({ ...base, onStoreUnavailable: 'run' }, (message) =>
      ran.push(message.messageId),
    )
    await expect(handler(standard('A', 'B', 'C'), context())).rejects.toBe(refused.error)
    expect(ran).toEqual([])
    expect(store.settled('give-back')).toEqual(['A', 'C'])
    expect(outcomes()).toEqual({ A: 'not-started', B: 'not-started', C: 'not-started' })
    expect(notices()).toEqual(['given-back', 'given-back', 'store-refused'])
  })

  it.each(MIDDYS)('before the handler of the whole batch too: %s', async (_name, compose) => {
    const { base, context, store } = rig()
    store.claimScript = (_request, messageId) => (messageId === 'B' ? refused : undefined)
    let called = false
    const handler = compose([idempotentBatch(base)], () => {
      called = true
    })
    await expect(handler(standard('A', 'B', 'C'), context())).rejects.toBe(refused.error)
    expect(called).toBe(false)
    expect(store.settled('give-back')).toEqual(['A', 'C'])
  })
})

describe.each(MIDDYS)('%s: what was given back before the handler of the whole batch', (_name, compose) => {
  it('is not among its records, though no answer ever comes', async () => {
    const { base, context, clock, log, store } = silent()
    store.claimScript = (_request, messageId) => (messageId === 'A' ? BUSY : undefined)
    let seen: string[] = []
    const handler = compose([idempotentBatch(base)], (event: SqsEvent) => {
      seen = event.Records.map(({ messageId }) => messageId)
      return Promise.allSettled(event.Records)
    })
    const response = handler(fifo('A:g', 'B:g', 'C:h'), context(10_000))
    await clock.advance(10_000)
    expect(log).toEqual(['give-back B', 'complete C'])
    expect(seen).toEqual(['C'])
    expect(reported(await response)).toEqual(['A', 'B'])
  })
})
