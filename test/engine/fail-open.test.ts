import { describe, expect, it } from 'vitest'
import { PermanentError } from '../../src/errors/permanent-error.ts'
import { sqsHandler } from '../../src/lambda/sqs-handler.ts'
import { reported, rig, standard } from './rig.ts'
import { DUPLICATE, FENCE, UNAVAILABLE } from './scripted-store.ts'

const OPEN = { onStoreUnavailable: 'run' } as const

/** A rig whose store is not there for the first claim of a message, and is later. */
function outage() {
  const made = rig()
  const asked = new Set<string>()
  made.store.claimScript = (_request, messageId) => {
    if (asked.has(messageId)) return undefined
    asked.add(messageId)
    return UNAVAILABLE
  }
  return made
}

describe('by default the store failing fails closed', () => {
  it('reports the record and runs nothing', async () => {
    const { base, context, outcomes } = outage()
    let runs = 0
    const response = await sqsHandler(base, () => {
      runs++
    })(standard('A'), context())
    expect(reported(response)).toEqual(['A'])
    expect(runs).toBe(0)
    expect(outcomes()).toEqual({ A: 'store-unavailable' })
  })
})

describe("onStoreUnavailable: 'run'", () => {
  it('runs without a record, then claims and completes late', async () => {
    const { base, context, store, outcomes, notices } = outage()
    const response = await sqsHandler({ ...base, ...OPEN }, () => {})(standard('A'), context())
    expect(reported(response)).toEqual([])
    expect(store.claims.map(({ redelivered }) => redelivered)).toEqual([false, true])
    expect(store.settled('complete')).toEqual(['A'])
    expect(outcomes()).toEqual({ A: 'completed' })
    expect(notices()).toEqual(['fail-open'])
  })

  it('asks late with the same owner token: a first claim that landed after all is recognised', async () => {
    const { base, context, store } = outage()
    await sqsHandler({ ...base, ...OPEN }, () => {})(standard('A'), context())
    const [first, second] = store.claims
    expect(second?.owner).toBe(first?.owner)
    expect(second?.owner).not.toBe('')
  })

  it('gives the handler a usable claim: attempt 1 and a fence from the clock', async () => {
    const { base, context, clock } = outage()
    const claims: [number, number, boolean][] = []
    await sqsHandler({ ...base, ...OPEN }, (_message, claim) => {
      claims.push([claim.attempt, claim.fence, claim.keyFor('payment').length === 43])
    })(standard('A'), context())
    expect(claims).toEqual([[1, clock.now(), true]])
  })

  it.each([
    ['the store is still away', UNAVAILABLE],
    ['another claim is live', { kind: 'busy', leaseUntil: FENCE, reason: 'lease' }],
    ['the payload differs', { kind: 'mismatch' }],
  ] as const)('an unknown completion is failure: %s', async (_name, later) => {
    const { base, context, store, outcomes } = outage()
    let asked = 0
    store.claimScript = () => (asked++ === 0 ? UNAVAILABLE : later)
    const response = await sqsHandler({ ...base, ...OPEN }, () => {})(standard('A'), context())
    expect(reported(response)).toEqual(['A'])
    expect(outcomes()).toEqual({ A: 'unknown-completion' })
    expect(store.settlements).toEqual([])
  })

  it('an unknown completion of the late claim is failure too', async () => {
    const { base, context, store, outcomes } = outage()
    store.settleScript = () => ({ kind: 'unknown', error: new Error('no answer') })
    const response = await sqsHandler({ ...base, ...OPEN }, () => {})(standard('A'), context())
    expect(reported(response)).toEqual(['A'])
    expect(outcomes()).toEqual({ A: 'unknown-completion' })
  })

  it('a record that turns out to be completed by another: acknowledged, told as a duplicate effect', async () => {
    const { base, context, store, notices } = outage()
    let asked = 0
    store.claimScript = () => (asked++ === 0 ? UNAVAILABLE : DUPLICATE)
    const response = await sqsHandler({ ...base, ...OPEN }, () => {})(standard('A'), context())
    expect(reported(response)).toEqual([])
    expect(notices()).toEqual(['fail-open', 'duplicate-effect'])
  })

  it.each([new Error('declined'), new PermanentError('closed')])(
    'a handler that fails with %s is reported, and nothing is written',
    async (error) => {
      const { base, context, store, outcomes } = outage()
      const response = await sqsHandler({ ...base, ...OPEN }, () => Promise.reject(error))(
        standard('A'),
        context(),
      )
      expect(reported(response)).toEqual(['A'])
      expect(outcomes()).toEqual({ A: 'failed' })
      expect(store.claims).toHaveLength(1)
      expect(store.settlements).toEqual([])
    },
  )

  it('is never used for misconfiguration: that throws, and nothing runs', async () => {
    const { base, context, store } = rig()
    store.claim = () => Promise.reject(new Error('AccessDeniedException'))
    let runs = 0
    const handler = sqsHandler({ ...base, ...OPEN }, () => {
      runs++
    })
    await expect(handler(standard('A'), context())).rejects.toThrow('AccessDeniedException')
    expect(runs).toBe(0)
  })

  it('is used for throttling and timeouts, never for another error of the store', async () => {
    const { base, context, store, outcomes } = rig()
    const ran: string[] = []
    store.claimScript = (request, messageId) => {
      if (request.redelivered) return undefined
      const error = new Error('conflict')
      if (messageId === 'A') return { kind: 'unavailable', error, reason: 'throttling' }
      return messageId === 'B' ? UNAVAILABLE : { kind: 'unavailable', error }
    }
    const response = await sqsHandler({ ...base, ...OPEN }, (message) => {
      ran.push(message.messageId)
    })(standard('A', 'B', 'C'), context())
    expect(ran).toEqual(['A', 'B'])
    expect(reported(response)).toEqual(['C'])
    expect(outcomes()).toEqual({ A: 'completed', B: 'completed', C: 'store-unavailable' })
  })

  it('is never used for a record that was refused: busy stays busy', async () => {
    const { base, context, store } = rig()
    store.claimScript = () => ({ kind: 'busy', leaseUntil: undefined, reason: 'race' })
    let runs = 0
    const handler = sqsHandler({ ...base, ...OPEN }, () => {
      runs++
    })
    expect(reported(await handler(standard('A'), context()))).toEqual(['A'])
    expect(runs).toBe(0)
  })

  it('is not asked when there is no time: below the reserve nothing runs', async () => {
    const { base, context } = outage()
    let runs = 0
    const handler = sqsHandler({ ...base, ...OPEN }, () => {
      runs++
    })
    expect(reported(await handler(standard('A'), context(1_000)))).toEqual(['A'])
    expect(runs).toBe(0)
  })
})
