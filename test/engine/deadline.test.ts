import { describe, expect, it } from 'vitest'
import { sqsHandler } from '../../src/lambda/sqs-handler.ts'
import { fifo, Gates, reported, rig, settled, standard } from './rig.ts'

const never = () => new Promise<never>(() => {})

describe('4. below the reserve', () => {
  it('nothing is claimed and nothing starts: every record is reported', async () => {
    const { base, context, store, outcomes, notices } = rig()
    const gates = new Gates()
    const response = await sqsHandler(base, gates.handler)(standard('A', 'B'), context(1_500))
    expect(reported(response)).toEqual(['A', 'B'])
    expect(gates.begun).toEqual([])
    expect(store.claims).toEqual([])
    expect(outcomes()).toEqual({ A: 'not-started', B: 'not-started' })
    expect(notices()).toEqual(['deadline'])
  })

  it.each([0, -40])('remaining time %i: every record is reported', async (remaining) => {
    const { base, context, store } = rig()
    const response = await sqsHandler(base, () => {})(standard('A'), context(remaining))
    expect(reported(response)).toEqual(['A'])
    expect(store.claims).toEqual([])
  })

  it('with one millisecond more, records are claimed and start', async () => {
    const { base, context } = rig()
    expect(reported(await sqsHandler(base, () => {})(standard('A'), context(1_501)))).toEqual([])
  })

  it('a record that finds the time gone is told as not started', async () => {
    const { base, context, clock, outcomes, store } = rig()
    let blocked = 0
    const runtime = { ...clock, monotonic: () => clock.monotonic() + blocked }
    const handler = sqsHandler({ ...base, runtime, concurrency: 1 }, () => {
      blocked += 8_500
    })
    expect(reported(await handler(standard('A', 'B'), context(10_000)))).toEqual(['B'])
    expect(outcomes()).toEqual({ A: 'completed', B: 'not-started' })
    expect(store.settled('complete')).toEqual(['A'])
  })

  it('no timer is asked for a time that is past, of which Node would warn', async () => {
    const { base, context, clock } = rig()
    const waits: number[] = []
    const runtime = {
      ...clock,
      after: (ms: number, callback: () => void) => {
        waits.push(ms)
        return clock.after(ms, callback)
      },
    }
    expect(reported(await sqsHandler({ ...base, runtime }, () => {})(standard('A'), context(1_000)))).toEqual(
      ['A'],
    )
    expect(waits.length).toBeGreaterThan(0)
    expect(Math.min(...waits)).toBe(0)
  })

  it('no further record starts when another ends after the reserve has begun', async () => {
    const { base, context, clock, store } = rig()
    const gates = new Gates()
    const handler = sqsHandler({ ...base, concurrency: 1 }, gates.handler)
    const response = handler(standard('A', 'B'), context(10_000))
    await clock.advance(8_500)
    gates.succeed('A')
    // What was claimed and did not start is given back, what settled late is completed.
    expect(reported(await response)).toEqual(['B'])
    expect(gates.begun).toEqual(['A'])
    expect(store.settled('complete')).toEqual(['A'])
    expect(store.settled('give-back')).toEqual(['B'])
  })

  it('nothing starts when the claim took the time that there was', async () => {
    const { base, context, store, clock, outcomes } = rig()
    store.claimScript = async () => {
      await clock.advance(8_500)
      return undefined
    }
    const gates = new Gates()
    const response = await sqsHandler(base, gates.handler)(standard('A'), context(10_000))
    expect(reported(response)).toEqual(['A'])
    expect(gates.begun).toEqual([])
    expect(outcomes()).toEqual({ A: 'not-started' })
    expect(store.settlements.map(({ kind }) => kind)).toEqual(['give-back'])
  })

  it.each([
    ['a standard queue', standard('A', 'B', 'C')],
    ['a FIFO group', fifo('A:g', 'B:g', 'C:g')],
  ])('nothing starts even when handlers that block keep the timer from firing: %s', async (_name, event) => {
    const { base, context, clock } = rig()
    const begun: string[] = []
    let blocked = 0
    // A handler that computes for four seconds: time passes, but no timer gets its turn.
    const runtime = { ...clock, monotonic: () => clock.monotonic() + blocked }
    const handler = sqsHandler({ ...base, runtime, concurrency: 1 }, (message) => {
      begun.push(message.messageId)
      blocked += 4_500
    })
    expect(reported(await handler(event, context(10_000)))).toEqual(['C'])
    expect(begun).toEqual(['A', 'B'])
  })

  it('the reserve is the option `deadlineReserveMs`', async () => {
    const { base, context, clock } = rig()
    const handler = sqsHandler({ ...base, deadlineReserveMs: 4_000 }, never)
    const response = handler(standard('A'), context(10_000))
    await clock.advance(8_667)
    expect(reported(await response)).toEqual(['A'])
  })
})

describe('4. at the reserve', () => {
  it('signals abort, settled successes are returned, the unsettled is reported and stays leased', async () => {
    const { base, context, clock, store, outcomes, events } = rig()
    const gates = new Gates()
    const aborted: string[] = []
    const response = sqsHandler(base, (message, claim) => {
      claim.signal.addEventListener('abort', () => aborted.push(message.messageId))
      return gates.handler(message)
    })(standard('A', 'B', 'C'), context(10_000))
    gates.succeed('A')
    gates.fail('B')
    await clock.advance(8_499)
    expect(aborted).toEqual([])
    await clock.advance(1)
    expect(aborted).toEqual(['A', 'B', 'C'])
    await clock.advance(1_000)
    expect(reported(await response)).toEqual(['B', 'C'])
    expect(outcomes()).toEqual({ A: 'completed', B: 'failed', C: 'unsettled' })
    expect(store.settled('complete')).toEqual(['A'])
    expect(store.settled('release')).toEqual(['B'])
    expect(events.find((event) => event.kind === 'notice')).toMatchObject({
      notice: 'deadline',
      unsettled: 1,
      notStarted: 0,
    })
  })

  it('`claim.deadline` is the wall-clock time at which the signal aborts', async () => {
    const { base, context, clock } = rig()
    let deadline = 0
    const response = sqsHandler(base, (_message, claim) => {
      deadline = claim.deadline
      return never()
    })(standard('A'), context(10_000))
    await settled()
    expect(deadline).toBe(clock.now() + 8_500)
    await clock.advance(9_500)
    await response
  })

  it('a completion under way is waited for, and its success counts', async () => {
    const { base, context, clock, store } = rig()
    const answer = Promise.withResolvers<undefined>()
    store.settleScript = () => answer.promise
    const response = sqsHandler(base, () => {})(standard('A'), context(10_000))
    await clock.advance(8_900)
    answer.resolve(undefined)
    expect(reported(await response)).toEqual([])
  })

  it('a store that hangs at settle time does not keep the response: unknown completion', async () => {
    const { base, context, clock, store, outcomes } = rig()
    store.settleScript = never
    const response = sqsHandler(base, () => {})(standard('A'), context(10_000))
    await clock.advance(10_000)
    expect(reported(await response)).toEqual(['A'])
    expect(outcomes()).toEqual({ A: 'unknown-completion' })
  })

  it('the store is told to answer early enough for the response to get out', async () => {
    const { base, context, store } = rig()
    await sqsHandler(base, () => {})(standard('A'), context(10_000))
    const [claiming, settling] = store.contexts
    expect(claiming?.deadline).toBe(9_500)
    expect(settling?.deadline).toBe(9_700)
  })

  it('a FIFO group stops: what has not started is reported', async () => {
    const { base, context, clock, outcomes } = rig()
    const response = sqsHandler(base, never)(fifo('A:g', 'B:g'), context(10_000))
    await clock.advance(9_500)
    expect(reported(await response)).toEqual(['A', 'B'])
    expect(outcomes()).toEqual({ A: 'unsettled', B: 'not-started' })
  })

  it.each([
    ['with success', 9_499],
    ['with success', 8_500],
    ['with an error', 9_499],
    ['with an error', 8_500],
  ])('whoever settles in two thirds of the reserve is settled: %s at %i ms of 10 s', async (how, time) => {
    const { base, context, clock, store, outcomes, notices } = rig()
    const gates = new Gates()
    const response = sqsHandler(base, gates.handler)(standard('A', 'B'), context(10_000))
    await clock.advance(time)
    if (how === 'with success') gates.succeed('A')
    else gates.fail('A')
    await settled()
    await clock.advance(1_000)
    expect(reported(await response)).toEqual(how === 'with success' ? ['B'] : ['A', 'B'])
    expect(outcomes()).toEqual({ A: how === 'with success' ? 'completed' : 'failed', B: 'unsettled' })
    expect(store.settlements).toHaveLength(1)
    expect(notices()).not.toContain('late-settlement')
  })

  it('the answer leaves as soon as all have settled', async () => {
    const { base, context, clock } = rig()
    const response = sqsHandler(base, async (_message, claim) => {
      await new Promise<void>((resolve) => claim.signal.addEventListener('abort', () => resolve()))
    })(standard('A', 'B'), context(10_000))
    await clock.advance(8_500)
    expect(reported(await response)).toEqual([])
    expect(clock.monotonic()).toBe(8_500)
  })
})

describe('a handler that settles after the answer', () => {
  it.each([
    ['success', fifo('A:g', 'B:g')],
    ['failure', fifo('A:g', 'B:g')],
    ['success', standard('A')],
    ['failure', standard('A')],
  ])('causes no store call, only a notice: %s', async (how, event) => {
    const { base, context, clock, store, events, outcomes } = rig()
    const gates = new Gates()
    const response = sqsHandler(base, gates.handler)(event, context(10_000))
    await clock.advance(9_500)
    expect(reported(await response)).toContain('A')
    if (how === 'success') gates.succeed('A')
    else gates.fail('A')
    await clock.advance(60_000)
    // What never started was given back; nothing else is written.
    expect(store.settled('give-back')).toEqual(event.Records.length > 1 ? ['B'] : [])
    expect(store.settlements).toHaveLength(event.Records.length - 1)
    expect(gates.begun).toEqual(['A'])
    expect(outcomes()).toMatchObject({ A: 'unsettled' })
    expect(events.at(-1)).toMatchObject({ notice: 'late-settlement', messageId: 'A', settled: how })
  })

  it('causes no store call either between two thirds of the reserve and the answer', async () => {
    const { base, context, clock, store, outcomes, notices } = rig()
    const gates = new Gates()
    store.settleScript = () => never()
    const response = sqsHandler(base, gates.handler)(standard('A', 'B'), context(10_000))
    gates.succeed('A')
    await clock.advance(9_600)
    gates.succeed('B')
    await clock.advance(400)
    expect(reported(await response)).toEqual(['A', 'B'])
    expect(store.settled('complete')).toEqual(['A'])
    expect(outcomes()).toEqual({ A: 'unknown-completion', B: 'unsettled' })
    expect(notices()).toContain('late-settlement')
  })
})

describe('at return', () => {
  it('nothing of ours is unsettled: every settlement has answered before', async () => {
    const { base, context, store, clock } = rig()
    let open = 0
    store.settleScript = async () => {
      open++
      await new Promise<void>((resolve) => clock.after(50, resolve))
      open--
      return undefined
    }
    const handler = sqsHandler({ ...base, concurrency: 3 }, (message) => {
      if (message.messageId === 'B') throw new Error('declined')
    })
    const response = handler(standard('A', 'B', 'C', 'D'), context())
    let openAtReturn = -1
    void response.then(() => {
      openAtReturn = open
    })
    await clock.advance(1_000)
    expect(openAtReturn).toBe(0)
  })

  it('a release has answered too, though it changes no outcome', async () => {
    const { base, context, store, clock } = rig()
    let released = false
    store.settleScript = async () => {
      await new Promise<void>((resolve) => void clock.after(50, resolve))
      released = true
      return undefined
    }
    const response = sqsHandler(base, () => Promise.reject(new Error('declined')))(standard('A'), context())
    const releasedAtReturn = response.then(() => released)
    await clock.advance(1_000)
    expect(await releasedAtReturn).toBe(true)
  })

  it('no timer is left behind', async () => {
    const { base, context, clock } = rig()
    await sqsHandler(base, () => {})(standard('A', 'B'), context())
    expect(clock.waiting).toBe(0)
    await sqsHandler(base, () => {})(standard('A', 'B'), {})
    expect(clock.waiting).toBe(0)
    const response = sqsHandler(base, never)(standard('A', 'B'), context())
    await clock.advance(30_000)
    await response
    expect(clock.waiting).toBe(0)
  })
})
