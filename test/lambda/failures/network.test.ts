import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { sqsHandler } from '../../../src/lambda/sqs-handler.ts'
import { reported, standard } from '../../engine/rig.ts'
import type { Fault } from '../../servers/fault-plan.ts'
import { numberedEvent as sqsEvent } from '../../testing/numbered-event.ts'
import { type FaultyDynamo, startFaultyDynamo } from './dynamo.ts'

let dynamo: FaultyDynamo

beforeAll(async () => {
  dynamo = await startFaultyDynamo()
})
afterAll(() => dynamo.stop())
beforeEach(() => dynamo.proxy.setPlan(undefined))

/** The first `times` requests of the kinds named meet the fault. */
function plan(fault: Fault, times: number, ...operations: readonly string[]): void {
  let met = 0
  dynamo.proxy.setPlan(({ operation }) =>
    operations.includes(operation) && met++ < times ? fault : undefined,
  )
}

const CLAIM_ONE = ['PutItem'] as const
const ALWAYS = Infinity
const TWO = ['A', 'B'] as const

describe('answer lost after apply', () => {
  it.each([{ kind: 'drop-answer' }, { kind: 'error-after-apply' }] as const)(
    'of a claim that comes alone (%o): the own write is recognised, one effect',
    async (fault) => {
      const { base, context, notices } = dynamo.host()
      let effects = 0
      plan(fault, 1, ...CLAIM_ONE)
      const handler = sqsHandler(base, () => {
        effects++
      })
      expect(reported(await handler(standard('A'), context()))).toEqual([])
      expect(effects).toBe(1)
      expect(notices()).toEqual(['own-write'])
      expect(await dynamo.records(base.namespace)).toMatchObject([{ status: 'COMPLETED', attempts: 1 }])
    },
  )

  it.each([{ kind: 'drop-answer' }, { kind: 'error-after-apply' }] as const)(
    'of the claims of a batch (%o): the own writes are recognised, one effect each',
    async (fault) => {
      const { base, context, events } = dynamo.host()
      const effects: string[] = []
      plan(fault, 1, 'BatchExecuteStatement')
      const handler = sqsHandler(base, (message) => {
        effects.push(message.messageId)
      })
      expect(reported(await handler(standard('A', 'B', 'C'), context()))).toEqual([])
      expect(effects.sort()).toEqual(['A', 'B', 'C'])
      expect(events.at(-1)).toMatchObject({ counts: { ownWrites: 3, completed: 3 } })
    },
  )

  it.each([
    [['A'], 'UpdateItem', { kind: 'drop-answer' }],
    [['A'], 'UpdateItem', { kind: 'error-after-apply' }],
    [TWO, 'BatchExecuteStatement', { kind: 'drop-answer' }],
    [TWO, 'BatchExecuteStatement', { kind: 'error-after-apply' }],
  ] as const)(
    'of the completion of %j: acknowledged, never told as a lost lease',
    async (ids, operation, fault) => {
      const { base, context, outcomes } = dynamo.host()
      const handler = sqsHandler(base, () => {
        // The claim is done; from here on only completions are sent.
        plan(fault, 1, operation)
      })
      expect(reported(await handler(standard(...ids), context()))).toEqual([])
      expect(new Set(Object.values(outcomes()))).toEqual(new Set(['completed']))
      expect(dynamo.proxy.counts().faults[fault.kind]).toBeGreaterThan(0)
    },
  )

  it('of every attempt at a completion: unknown, reported; the redelivery is a duplicate', async () => {
    const { base, context, outcomes } = dynamo.host({ maxAttempts: 1 })
    let effects = 0
    const handler = sqsHandler(base, () => {
      effects++
      plan({ kind: 'drop-answer' }, ALWAYS, 'UpdateItem', 'GetItem')
    })
    expect(reported(await handler(standard('A'), context()))).toEqual(['A'])
    expect(outcomes()).toEqual({ A: 'unknown-completion' })
    dynamo.proxy.setPlan(undefined)
    const redelivery = sqsEvent([{ messageId: 'A', body: 'A', receiveCount: 2 }])
    expect(reported(await handler(redelivery, context()))).toEqual([])
    expect(effects).toBe(1)
  })
})

describe('claim request landing seconds late', () => {
  it('after a retry of it was granted: changes nothing', async () => {
    const { base, context } = dynamo.host({ requestTimeoutMs: 400 })
    let effects = 0
    plan({ kind: 'delay', ms: 2_000 }, 1, ...CLAIM_ONE)
    const handler = sqsHandler(base, () => {
      effects++
    })
    expect(reported(await handler(standard('A'), context()))).toEqual([])
    const before = await dynamo.records(base.namespace)
    expect(before).toMatchObject([{ status: 'COMPLETED' }])
    await sleep(2_200)
    expect(await dynamo.records(base.namespace)).toEqual(before)
    expect(effects).toBe(1)
  })

  it('after all was given up: reported, not run; the redelivery waits for that lease, then takes over', async () => {
    const hasty = dynamo.host({ maxAttempts: 1, requestTimeoutMs: 400 })
    const { namespace } = hasty.base
    const { base, context, outcomes, clock } = dynamo.host({ namespace, seesDate: false })
    let effects = 0
    const run = () => {
      effects++
    }
    plan({ kind: 'delay', ms: 1_600 }, ALWAYS, ...CLAIM_ONE)
    expect(reported(await sqsHandler(hasty.base, run)(standard('A'), hasty.context(60_000)))).toEqual(['A'])
    expect(hasty.outcomes()).toEqual({ A: 'store-unavailable' })
    dynamo.proxy.setPlan(undefined)
    const handler = sqsHandler(base, run)
    const waitUntil = performance.now() + 20_000
    while ((await dynamo.records(base.namespace)).length === 0 && performance.now() < waitUntil)
      await sleep(50)
    const redelivery = sqsEvent([{ messageId: 'A', body: 'A', receiveCount: 2 }])
    expect(reported(await handler(redelivery, context(60_000)))).toEqual(['A'])
    expect(outcomes()).toEqual({ A: 'busy' })
    await clock.advance(63_001)
    expect(reported(await handler(redelivery, context(60_000)))).toEqual([])
    expect(effects).toBe(1)
  })
})

describe('throttling', () => {
  it.each([
    [['A'], 'PutItem'],
    [TWO, 'BatchExecuteStatement'],
  ] as const)('of the claim of %j for a while: waited out', async (ids, operation) => {
    const { base, context } = dynamo.host()
    plan({ kind: 'throttle' }, 2, operation)
    expect(reported(await sqsHandler(base, () => {})(standard(...ids), context()))).toEqual([])
  })

  it.each([
    [['A'], 'PutItem'],
    [TWO, 'BatchExecuteStatement'],
  ] as const)(
    'of the claim of %j that does not end: reported, not run; fail-open runs',
    async (ids, operation) => {
      const { base, context, outcomes } = dynamo.host({ maxAttempts: 1 })
      const effects: string[] = []
      plan({ kind: 'throttle' }, ALWAYS, operation, 'PutItem')
      const run = (message: { messageId: string }) => {
        effects.push(message.messageId)
        dynamo.proxy.setPlan(undefined)
      }
      const event = standard(...ids)
      expect(reported(await sqsHandler(base, run)(event, context()))).toEqual([...ids])
      expect(effects).toEqual([])
      expect(new Set(Object.values(outcomes()))).toEqual(new Set(['store-unavailable']))
      const open = sqsHandler({ ...base, onStoreUnavailable: 'run' }, run)
      expect(reported(await open(event, context()))).toEqual([])
      expect(effects.sort()).toEqual([...ids])
      expect(new Set(Object.values(outcomes()))).toEqual(new Set(['completed']))
    },
  )

  it('of a completion for a while: waited out, acknowledged', async () => {
    const { base, context } = dynamo.host()
    const handler = sqsHandler(base, () => plan({ kind: 'throttle' }, 2, 'UpdateItem'))
    expect(reported(await handler(standard('A'), context()))).toEqual([])
  })
})

describe('black-holed connection', () => {
  it('at the claim: given up at the reserve, reported, not run', async () => {
    const { base, context, outcomes } = dynamo.host({ requestTimeoutMs: 400 })
    let effects = 0
    plan({ kind: 'half-open' }, ALWAYS, 'PutItem', 'GetItem')
    const handler = sqsHandler(base, () => {
      effects++
    })
    expect(reported(await handler(standard('A'), context(2_500)))).toEqual(['A'])
    expect(effects).toBe(0)
    expect(outcomes()).toEqual({ A: 'store-unavailable' })
    expect(await dynamo.records(base.namespace)).toEqual([])
  })

  it('at the completion: unknown, reported, still leased; never a success', async () => {
    const { base, context, outcomes } = dynamo.host({ requestTimeoutMs: 1_000 })
    const handler = sqsHandler(base, () => plan({ kind: 'half-open' }, ALWAYS, 'UpdateItem', 'GetItem'))
    expect(reported(await handler(standard('A'), context(6_000)))).toEqual(['A'])
    expect(outcomes()).toEqual({ A: 'unknown-completion' })
    expect(await dynamo.records(base.namespace)).toMatchObject([{ status: 'IN_PROGRESS' }])
  })

  it('reset at once: repeated', async () => {
    const { base, context } = dynamo.host()
    plan({ kind: 'reset' }, 2, 'PutItem', 'UpdateItem')
    expect(reported(await sqsHandler(base, () => {})(standard('A'), context()))).toEqual([])
  })
})
