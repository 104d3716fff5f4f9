import { describe, expect, it } from 'vitest'
import type { Claim } from '../../src/engine/claim-handle.ts'
import { sqsHandler } from '../../src/lambda/sqs-handler.ts'
import type { ClaimRequest } from '../../src/store/contract.ts'
import { memoryStore } from '../../src/store/memory/memory-store.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { numberedEvent as sqsEvent } from '../testing/numbered-event.ts'
import { rig, rigWith, standard } from './rig.ts'
import { FENCE } from './scripted-store.ts'

describe('a claim request', () => {
  it('leases until the end of this invocation plus the grace', async () => {
    const { base, context, store, clock } = rig()
    await sqsHandler(base, () => {})(standard('A'), context(30_000))
    expect(store.claims[0]?.leaseUntil).toBe(clock.now() + 31_000)
    await sqsHandler({ ...base, leaseGraceMs: 250 }, () => {})(standard('B'), context(30_000))
    expect(store.claims[1]?.leaseUntil).toBe(clock.now() + 30_250)
  })

  it('opens the window now; a completion opens it again from completion', async () => {
    const { base, context, store, clock } = rig()
    const started = clock.now()
    const handler = sqsHandler({ ...base, ttl: '1h' }, () => clock.advance(5_000))
    await handler(standard('A'), context())
    expect(store.claims[0]?.expiresAt).toBe(started + 3_600_000)
    expect(store.settlements).toMatchObject([
      { completedAt: started + 5_000, expiresAt: started + 3_605_000 },
    ])
  })

  it('has a new owner token for every claim attempt', async () => {
    const { base, context, store } = rig()
    const handler = sqsHandler(base, () => {})
    await handler(standard('A', 'B'), context())
    await handler(standard('A', 'B'), context())
    expect(new Set(store.claims.map(({ owner }) => owner)).size).toBe(4)
  })

  it('tells a redelivery by the receive count, and takes one that cannot be read for a redelivery', async () => {
    const { base, context, store } = rig()
    const event = sqsEvent([
      { messageId: 'A', body: 'A' },
      { messageId: 'B', body: 'B', receiveCount: 2 },
      { messageId: 'C', body: 'C' },
      { messageId: 'D', body: 'D' },
    ])
    const [, , third, fourth] = event.Records
    if (third === undefined || fourth === undefined) throw new Error('no records')
    third.attributes.ApproximateReceiveCount = 'many'
    Reflect.deleteProperty(fourth, 'attributes')
    await sqsHandler(base, () => {})(event, context())
    const byMessage = (request: ClaimRequest) => [request.messageId, request.redelivered]
    expect(store.claims.map(byMessage).sort()).toEqual([
      ['A', false],
      ['B', true],
      ['C', true],
      ['D', true],
    ])
  })

  it('never carries the raw key', async () => {
    const { base, context, store } = rig()
    await sqsHandler({ ...base, key: () => 'iban-DE02', fingerprint: false }, () => {})(
      standard('A'),
      context(),
    )
    expect(JSON.stringify([store.claims, store.settlements])).not.toContain('iban-DE02')
    expect(store.claims[0]?.id).toMatch(/^charge#[\w-]{43}$/)
  })
})

describe('what the handler holds', () => {
  it('names the key, the namespace, the attempt and the fence of the claim', async () => {
    const { base, context, store } = rig()
    store.claimScript = () => ({
      kind: 'claimed',
      origin: 'retry',
      fence: FENCE + 7,
      attempt: 3,
      ownWrite: false,
    })
    const seen: Partial<Claim>[] = []
    await sqsHandler({ ...base, key: () => ['order', 7] }, (message, { key, namespace, attempt, fence }) => {
      seen.push({ key, namespace, attempt, fence })
      expect(message.key).toBe('order/7')
    })(standard('A'), context())
    expect(seen).toEqual([{ key: 'order/7', namespace: 'charge', attempt: 3, fence: FENCE + 7 }])
  })

  it('derives the same key for another API on every attempt, and another one for every name, key and namespace', async () => {
    const keys: string[] = []
    const fail = (name: string) => (_message: unknown, claim: Claim) => {
      keys.push(claim.keyFor(name))
      throw new Error('declined')
    }
    const clock = manualClock()
    const { base, context } = rigWith(memoryStore({ runtime: clock }), clock)
    const handler = sqsHandler(base, fail('payment'))
    await handler(standard('A'), context())
    await handler(standard('A'), context())
    expect(keys[1]).toBe(keys[0])
    expect(keys[0]).toMatch(/^[\w-]{43}$/)
    await sqsHandler(base, fail('mail'))(standard('A'), context())
    await handler(standard('B'), context())
    await sqsHandler({ ...base, namespace: 'refund' }, fail('payment'))(standard('A'), context())
    expect(new Set(keys).size).toBe(4)
  })
})

describe('notices of a granted claim', () => {
  it('tell of a takeover and of an own write whose answer was lost', async () => {
    const { base, context, store, events } = rig()
    store.claimScript = (_request, messageId) =>
      messageId === 'A'
        ? { kind: 'claimed', origin: 'takeover', fence: FENCE, attempt: 2, ownWrite: false }
        : { kind: 'claimed', origin: 'fresh', fence: FENCE, attempt: 1, ownWrite: true }
    await sqsHandler(base, () => {})(standard('A', 'B'), context())
    expect(events.filter(({ kind }) => kind === 'notice')).toMatchObject([
      { notice: 'takeover', messageId: 'A', attempt: 2 },
      { notice: 'own-write', messageId: 'B' },
    ])
    expect(events.at(-1)).toMatchObject({
      kind: 'batch',
      counts: { claimed: 2, takeovers: 1, ownWrites: 1, completed: 2 },
    })
  })

  it('pass on what the store says of itself', async () => {
    const { base, context, store, events } = rig()
    store.claimScript = (_request, _messageId, call) => {
      call.notify?.({ kind: 'clock-skew', offsetMs: 5_000 })
      call.notify?.({ kind: 'batch-denied', operation: 'BatchExecuteStatement', error: new Error('denied') })
      return undefined
    }
    await sqsHandler(base, () => {})(standard('A'), context())
    expect(events.filter(({ kind }) => kind === 'notice')).toMatchObject([
      { notice: 'clock-skew', offsetMs: 5_000, namespace: 'charge' },
      { notice: 'batch-denied', operation: 'BatchExecuteStatement' },
    ])
  })
})
