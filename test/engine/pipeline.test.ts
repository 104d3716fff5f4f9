import { describe, expect, it } from 'vitest'
import { StoreMisconfiguredError } from '../../src/errors/store-misconfigured-error.ts'
import { sqsHandler } from '../../src/lambda/sqs-handler.ts'
import type { SettleOutcome } from '../../src/store/contract.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { numberedEvent as sqsEvent } from '../testing/numbered-event.ts'
import { fifo, Gates, reported, rig, rigWith, settled, standard } from './rig.ts'
import { FRESH, POISONED } from './scripted-store.ts'
import { slowStore } from './slow-store.ts'

const never = () => new Promise<never>(() => {})
const many = (count: number, first = 0) => Array.from({ length: count }, (_, index) => `m-${first + index}`)

/** Delivers what is left again and again, each time until the invocation would have ended. */
async function deliveries(options: {
  readonly records: number
  readonly roundTripMs: number
  readonly timeoutMs: number
  readonly handlerMs: number
  readonly most: number
}) {
  const { records, roundTripMs, timeoutMs, handlerMs, most } = options
  const clock = manualClock()
  const { base, context, store } = rigWith(slowStore(clock, roundTripMs), clock)
  const ran: string[] = []
  const handler = sqsHandler(base, async (message) => {
    await new Promise<void>((resolve) => void clock.after(handlerMs, resolve))
    ran.push(message.messageId)
  })
  const done: number[] = []
  let left = many(records)
  for (let delivery = 1; delivery <= most && left.length > 0; delivery++) {
    const event = sqsEvent(left.map((messageId) => ({ messageId, body: messageId, receiveCount: delivery })))
    const response = handler(event, context(timeoutMs))
    await clock.advance(timeoutMs)
    const names = reported(await response)
    done.push(left.length - names.length)
    left = names
    // Whatever was claimed and not run must not be leased.
    expect(store.records().filter(({ status }) => status === 'IN_PROGRESS')).toEqual([])
    expect(store.records().filter(({ status, attempts }) => status === 'FAILED' && attempts !== 0)).toEqual(
      [],
    )
    // Past the visibility timeout.
    await clock.advance(6 * timeoutMs)
  }
  return { done, left, ran, requests: store.requests }
}

describe('a large event whose claims are slow', () => {
  it('makes progress at every delivery: 3,000 records, 5 s, 120 ms for each request', async () => {
    const { done, left, ran } = await deliveries({
      records: 3_000,
      roundTripMs: 120,
      timeoutMs: 5_000,
      handlerMs: 1,
      most: 6,
    })
    expect(left).toEqual([])
    for (const count of done) expect(count).toBeGreaterThan(0)
    expect(ran).toHaveLength(3_000)
    expect(new Set(ran).size).toBe(3_000)
  })

  it('claims nothing ahead that cannot run in time: 1,000 records, 1 s for each of ten at once, 6 s', async () => {
    const { done, requests } = await deliveries({
      records: 1_000,
      roundTripMs: 10,
      timeoutMs: 6_000,
      handlerMs: 1_000,
      most: 1,
    })
    expect(done[0]).toBeGreaterThanOrEqual(40)
    // One slice, for at first nobody knows how long a handler takes.
    expect(requests.claim).toBe(4)
  })

  it('runs while the next slice is claimed, and claims it before the last has run', async () => {
    const { base, context, store } = rig()
    const claims: (() => void)[] = []
    let waits = true
    store.claim = (requests) =>
      new Promise((resolve) => {
        claims.push(() => resolve(requests.map(() => FRESH)))
        if (!waits) claims.at(-1)?.()
      })
    const gates = new Gates()
    const response = sqsHandler(base, gates.handler)(standard(...many(250)), context())
    await settled()
    // Each request of the slice has its own call.
    expect(claims).toHaveLength(4)
    claims[0]?.()
    await settled()
    expect(gates.begun).toHaveLength(10)
    for (const answer of claims.slice(1)) answer()
    await settled()
    // 90 wait: more than twice the concurrency.
    expect(claims).toHaveLength(4)
    for (let index = 0; index < 71; index++) {
      gates.succeed(`m-${index}`)
      await settled()
    }
    // Two slices beside each other, now that there is enough to do for them.
    expect(claims).toHaveLength(4 + 4 + 2)
    expect(gates.begun).toHaveLength(81)
    waits = false
    for (const answer of claims.slice(4)) answer()
    for (const id of many(250)) gates.succeed(id)
    expect(reported(await response)).toEqual([])
  })

  it('answers when a store never does: what was asked for is reported, at the time for the answer', async () => {
    const { base, context, store, clock } = rig()
    store.claim = never
    const response = sqsHandler(base, () => {})(standard('A', 'B'), context(10_000))
    await clock.advance(9_849)
    let answered = false
    void response.then(() => {
      answered = true
    })
    await settled()
    expect(answered).toBe(false)
    await clock.advance(1)
    expect(reported(await response)).toEqual(['A', 'B'])
    expect(clock.waiting).toBe(0)
  })

  it('gives back what a call grants after the time to start is over: it waits for the answer', async () => {
    const { base, context, store, clock, outcomes } = rig()
    store.claimScript = async () => {
      await new Promise<void>((resolve) => void clock.after(9_400, resolve))
      return undefined
    }
    const response = sqsHandler(base, () => {})(standard('A', 'B'), context(10_000))
    await clock.advance(10_000)
    expect(reported(await response)).toEqual(['A', 'B'])
    expect(outcomes()).toEqual({ A: 'not-started', B: 'not-started' })
    expect(store.settled('give-back')).toEqual(['A', 'B'])
  })

  it('runs what was claimed though a call beside it is never answered', async () => {
    const { base, context, store, clock } = rig()
    const claim = store.claim.bind(store)
    let calls = 0
    store.claim = (requests, call) => (calls++ === 1 ? never() : claim(requests, call))
    const response = sqsHandler(base, () => {})(standard(...many(300)), context(10_000))
    await clock.advance(10_000)
    expect(reported(await response)).toEqual(many(25, 25))
  })
})

describe('rivals: one key, many payloads', () => {
  it('cost one question where the store tells whose the record is, and hold up nobody', async () => {
    const { base, context, store, outcomes } = rig()
    const wrong = many(500)
    store.claimScript = (_request, messageId) =>
      wrong.includes(messageId) ? { kind: 'mismatch', fingerprint: 'of none' } : undefined
    const ran: string[] = []
    const handler = sqsHandler(
      { ...base, key: ({ messageId }) => (wrong.includes(messageId) ? 'wrong' : messageId) },
      (message) => {
        ran.push(message.messageId)
      },
    )
    const good = ['g-1', 'g-2']
    expect(reported(await handler(standard(...wrong, ...good), context(6_000)))).toEqual(wrong)
    expect(ran).toEqual(good)
    expect(store.claims).toHaveLength(3)
    expect(outcomes()['m-499']).toBe('mismatch')
  })

  it('are asked for at most three times where it does not tell', async () => {
    const { base, context, store } = rig()
    store.claimScript = () => ({ kind: 'mismatch' })
    await sqsHandler({ ...base, key: () => 'one' }, () => {})(standard(...many(20)), context())
    expect(store.claims).toHaveLength(3)
  })

  it('of a given-up message: the one that was sent after it is asked for', async () => {
    const { base, context, store, clock } = rig()
    const sent = clock.now()
    store.claimScript = (_request, messageId) => (messageId === 'old' ? POISONED : undefined)
    const event = sqsEvent([
      { messageId: 'old', body: 'wrong', sentAt: sent - 60_000 },
      { messageId: 'older', body: 'more wrong', sentAt: sent - 90_000 },
      { messageId: 'corrected', body: 'right', sentAt: sent },
    ])
    const ran: string[] = []
    const handler = sqsHandler({ ...base, key: () => 'order-1' }, (message) => {
      ran.push(message.messageId)
    })
    expect(reported(await handler(event, context()))).toEqual(['old', 'older'])
    expect(ran).toEqual(['corrected'])
  })
})

describe('a claim that was never started is given back', () => {
  it('behind a FIFO head that fails: in one call, with what else is claimed of the group', async () => {
    const { base, context, store, outcomes } = rig()
    const handler = sqsHandler(base, () => {
      throw new Error('declined')
    })
    const event = fifo('A:g', 'B:g', 'C:g', 'D:h')
    expect(reported(await handler(event, context()))).toEqual(['A', 'B', 'C', 'D'])
    expect(outcomes()).toEqual({ A: 'failed', B: 'not-started', C: 'not-started', D: 'failed' })
    expect(store.settled('give-back')).toEqual(['B', 'C'])
    expect(store.settled('release').sort()).toEqual(['A', 'D'])
    expect(store.contexts).toHaveLength(1 + 2 + 1)
  })

  it('so that neither lease nor attempt is left, and its next delivery is its first run', async () => {
    const clock = manualClock()
    const { base, context, store } = rigWith(slowStore(clock, 0), clock)
    const attempts: Record<string, number[]> = {}
    let broken = true
    const handler = sqsHandler({ ...base, maxAttempts: 3 }, (message, claim) => {
      const of = attempts[message.messageId] ?? []
      attempts[message.messageId] = [...of, claim.attempt]
      if (broken && message.messageId === 'A') throw new Error('declined')
    })
    const deliver = async (receiveCount: number) => {
      const messages = ['A', 'B'].map((messageId) => ({
        messageId,
        body: messageId,
        groupId: 'g',
        receiveCount,
      }))
      const response = handler(sqsEvent(messages, { fifo: true }), context())
      await clock.advance(1)
      return reported(await response)
    }
    expect(await deliver(1)).toEqual(['A', 'B'])
    expect(await deliver(2)).toEqual(['A', 'B'])
    expect(
      store.records().map(({ status, attempts: count, leaseUntil }) => [status, count, leaseUntil]),
    ).toEqual([
      ['FAILED', 2, undefined],
      ['FAILED', 0, undefined],
    ])
    broken = false
    expect(await deliver(3)).toEqual([])
    expect(attempts).toEqual({ A: [1, 2, 3], B: [1] })
  })

  it('and one that got no time three times is not given up at its first failure', async () => {
    const clock = manualClock()
    const { base, context, store } = rigWith(slowStore(clock, 0), clock)
    const gates = new Gates()
    const handler = sqsHandler({ ...base, concurrency: 1, maxAttempts: 3 }, (message, claim) =>
      message.messageId === 'B'
        ? Promise.reject(new Error(`attempt ${claim.attempt}`))
        : gates.handler(message),
    )
    for (let receiveCount = 1; receiveCount <= 3; receiveCount++) {
      const messages = [`slow-${receiveCount}`, 'B'].map((messageId) => ({
        messageId,
        body: messageId,
        receiveCount,
      }))
      const response = handler(sqsEvent(messages), context(10_000))
      await clock.advance(10_000)
      expect(reported(await response)).toContain('B')
    }
    const response = handler(sqsEvent([{ messageId: 'B', body: 'B', receiveCount: 4 }]), context())
    await clock.advance(1)
    await response
    expect(store.records().find(({ status }) => status === 'FAILED')).toMatchObject({
      attempts: 1,
      failure: 'Error',
    })
  })

  it('when an invocation throws because the table is misconfigured: before the error leaves', async () => {
    const { base, context, store, events } = rig()
    const claim = store.claim.bind(store)
    let calls = 0
    store.claim = async (requests, call) => {
      if (++calls > 4) throw new StoreMisconfiguredError('Grant PutItem.')
      return claim(requests, call)
    }
    const gates = new Gates()
    const response = sqsHandler(base, gates.handler)(standard(...many(200)), context())
    await settled()
    for (let index = 0; index < 71; index++) {
      gates.succeed(`m-${index}`)
      await settled()
    }
    // The second slice was refused: nothing starts any more, what runs may end.
    const begun = gates.begun.length
    for (const id of many(200)) gates.succeed(id)
    await expect(response).rejects.toMatchObject({ code: 'STORE_MISCONFIGURED' })
    expect(gates.begun).toHaveLength(begun)
    expect(store.settled('complete')).toHaveLength(begun)
    expect(store.settled('give-back')).toHaveLength(100 - begun)
    expect(events.at(-1)).toMatchObject({ kind: 'batch', messages: 200 })
  })
})

describe('a handler that still runs when the invocation throws', () => {
  it('keeps its claim: only what never started is given back', async () => {
    const { base, context, store, clock } = rig()
    const claim = store.claim.bind(store)
    let calls = 0
    store.claim = async (requests, call) => {
      if (++calls > 4) throw new StoreMisconfiguredError('Grant PutItem.')
      return claim(requests, call)
    }
    const begun: string[] = []
    const handler = sqsHandler(base, (message) => {
      begun.push(message.messageId)
      // The second slice is asked for when few of the first are left.
      return Number(message.messageId.slice(2)) < 75 ? undefined : never()
    })
    const thrown = handler(standard(...many(150)), context(10_000)).catch((error: unknown) => error)
    await clock.advance(10_000)
    expect(await thrown).toMatchObject({ code: 'STORE_MISCONFIGURED' })
    const running = begun.filter((id) => !store.settled('complete').includes(id))
    expect(running.length).toBeGreaterThan(0)
    expect(store.settled('give-back').length).toBeGreaterThan(0)
    expect(store.settled('give-back').filter((id) => begun.includes(id))).toEqual([])
    expect(store.settled('release')).toEqual([])
    expect(clock.waiting).toBe(0)
  })
})

describe('while completions are not confirmed', () => {
  it('no handler starts: the breaker opens at the first attempt that fails, and closes when all are confirmed', async () => {
    const { base, context, store, notices } = rig()
    const hanging: (() => void)[] = []
    store.settleScript = (_settlement, _messageId, call) => {
      call.notify?.({ kind: 'retrying', error: new Error('throttled') })
      return new Promise<undefined>((resolve) => void hanging.push(() => resolve(undefined)))
    }
    const gates = new Gates()
    const response = sqsHandler({ ...base, concurrency: 2 }, gates.handler)(standard(...many(6)), context())
    await settled()
    gates.succeed('m-0')
    await settled()
    expect(gates.begun).toEqual(['m-0', 'm-1'])
    gates.succeed('m-1')
    await settled()
    hanging[0]?.()
    await settled()
    expect(gates.begun).toEqual(['m-0', 'm-1'])
    store.settleScript = () => undefined
    hanging[1]?.()
    await settled()
    expect(gates.begun).toEqual(['m-0', 'm-1', 'm-2', 'm-3'])
    for (const id of many(6)) gates.succeed(id)
    expect(reported(await response)).toEqual([])
    expect(notices().filter((notice) => notice === 'retrying')).toHaveLength(1)
  })

  it('a store that is throttled for seven seconds repeats no more than what ran beside it', async () => {
    const { base, context, store, clock } = rig()
    const until = clock.monotonic() + 7_000
    let runs = 0
    store.settleScript = async (_settlement, _messageId, call) => {
      const left = until - clock.monotonic()
      if (left <= 0) return undefined
      call.notify?.({ kind: 'retrying', error: new Error('throttled') })
      await new Promise<void>((resolve) => void clock.after(left, resolve))
      return undefined
    }
    const response = sqsHandler(base, () => {
      runs++
    })(standard(...many(500)), context(30_000))
    await clock.advance(6_999)
    expect(runs).toBeLessThanOrEqual(35)
    await clock.advance(23_000)
    expect(reported(await response)).toEqual([])
    expect(runs).toBe(500)
  })

  it('a settlement that is refused as misconfigured stops the batch and says what to grant', async () => {
    const { base, context, store } = rig()
    const lines: unknown[][] = []
    const logger = {
      info() {},
      warn() {},
      error: (...line: unknown[]) => void lines.push(line),
    }
    const refused: SettleOutcome = {
      kind: 'unknown',
      error: new StoreMisconfiguredError('The role needs UpdateItem on it.'),
    }
    store.settleScript = () => refused
    let runs = 0
    const response = await sqsHandler({ ...base, logger }, () => {
      runs++
    })(standard(...many(1_000)), context())
    expect(reported(response)).toHaveLength(1_000)
    expect(runs).toBeLessThanOrEqual(35)
    expect(JSON.stringify(lines)).toContain('The role needs UpdateItem on it.')
    expect(
      lines.filter(([, fields]) => (fields as { notice?: string }).notice === 'store-refused'),
    ).toHaveLength(1)
  })
})

describe('a turn of the event loop', () => {
  it.each([
    ['that return at once', () => {}],
    ['that await what is resolved', () => Promise.resolve()],
    [
      'that await many times what is resolved',
      async () => {
        for (let count = 0; count < 20; count++) await undefined
      },
    ],
  ])('comes between handlers %s: completions leave before the next ten start', async (_name, work) => {
    const { base, context, store } = rig()
    const confirmed = new Set<string>()
    let runs = 0
    let most = 0
    store.settleScript = async (_settlement, messageId) => {
      // An answer that takes a turn of the event loop, as any from outside does.
      await new Promise((resolve) => setImmediate(resolve))
      confirmed.add(messageId)
      return undefined
    }
    const response = sqsHandler(base, () => {
      runs++
      most = Math.max(most, runs - confirmed.size)
      return work()
    })(standard(...many(100)), context())
    expect(reported(await response)).toEqual([])
    expect(most).toBeLessThanOrEqual(35)
    expect(runs).toBe(100)
  })

  it('comes after each handler that computes: timers fire between them, the deadline among them', async () => {
    const { base, context, clock } = rig()
    let blocked = 0
    const runtime = { ...clock, monotonic: () => clock.monotonic() + blocked }
    const turns: number[] = []
    let turn = 0
    const count = () => {
      turn++
      if (turn < 1_000) setImmediate(count)
    }
    count()
    await sqsHandler({ ...base, runtime }, async () => {
      await undefined
      blocked += 20
      turns.push(turn)
    })(standard(...many(30)), context())
    // Ten started at once, and computed in one turn, as nobody can tell before; each of the others in its own.
    expect(new Set(turns).size).toBeGreaterThan(2)
    const started: number[] = []
    turn = 0
    count()
    await sqsHandler({ ...base, runtime }, () => {
      blocked += 20
      started.push(turn)
    })(standard(...many(30)), context())
    expect(new Set(started).size).toBe(30)
  })
})
