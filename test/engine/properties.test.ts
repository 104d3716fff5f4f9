import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { sqsHandler } from '../../src/lambda/sqs-handler.ts'
import type { ClaimOutcome, SettleOutcome } from '../../src/store/contract.ts'
import { numberedEvent as sqsEvent } from '../testing/numbered-event.ts'
import { reported, rig } from './rig.ts'
import { BUSY, DUPLICATE, FRESH, POISONED, UNAVAILABLE } from './scripted-store.ts'

const CLAIMS: Readonly<Record<string, ClaimOutcome>> = {
  fresh: FRESH,
  busy: BUSY,
  duplicate: DUPLICATE,
  poisoned: POISONED,
  mismatch: { kind: 'mismatch' },
  unavailable: UNAVAILABLE,
}

const SETTLED: Readonly<Record<string, SettleOutcome | 'never' | undefined>> = {
  confirmed: undefined,
  lost: { kind: 'lease-lost', detail: 'fence' },
  unknown: { kind: 'unknown', error: new Error('no answer') },
  never: 'never',
}

const REMAINING_MS = 10_000
/** Delays that end before, at and after the reserve, and some that are the same. */
const delay = fc.constantFrom(0, 1, 1_000, 3_000, 8_499, 8_500, 9_000, 20_000)

const message = fc.record({
  key: fc.constantFrom('k1', 'k2', 'k3', 'k4', 'k5', 'k6', 'k7', 'k8'),
  group: fc.constantFrom('g', 'h', 'i'),
  valid: fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  claim: fc.oneof(
    { weight: 6, arbitrary: fc.constant('fresh') },
    { weight: 3, arbitrary: fc.constantFrom(...Object.keys(CLAIMS)) },
  ),
  handler: fc.constantFrom('success', 'success', 'failure'),
  handlerMs: delay,
  settled: fc.oneof(
    { weight: 6, arbitrary: fc.constant('confirmed') },
    { weight: 2, arbitrary: fc.constantFrom(...Object.keys(SETTLED)) },
  ),
  settleMs: delay,
})

const scenario = fc.record({
  messages: fc.array(message, { maxLength: 10 }),
  queue: fc.constantFrom('standard', 'group', 'batch'),
  concurrency: fc.integer({ min: 1, max: 4 }),
})

it('whatever the store, the handlers and the clock do, the answer keeps the invariants', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async ({ messages, queue, concurrency }) => {
      const { base, clock, context, store } = rig()
      const ids = messages.map((_, index) => `m${index}`)
      const plan = new Map(messages.map((one, index) => [`m${index}`, one]))
      const planOf = (messageId: string) => {
        const found = plan.get(messageId)
        if (found === undefined) throw new Error(`no plan for ${messageId}`)
        return found
      }
      const wait = (ms: number) => new Promise<void>((resolve) => void clock.after(ms, resolve))
      const started: string[] = []
      const confirmed = new Set<string>()
      const duplicates = new Set<string>()
      let running = 0
      let most = 0
      let answered = false
      let startedBeyondReserve = false
      let storeCallsAfterAnswer = 0

      store.claimScript = (_request, messageId) => {
        const outcome = CLAIMS[planOf(messageId).claim]
        if (outcome?.kind === 'duplicate') duplicates.add(messageId)
        return outcome
      }
      store.settleScript = async (settlement, messageId) => {
        if (answered) storeCallsAfterAnswer++
        const one = planOf(messageId)
        await wait(one.settleMs)
        const outcome = SETTLED[one.settled]
        if (outcome === 'never') return new Promise<never>(() => {})
        if (outcome === undefined && settlement.kind === 'complete' && !answered) confirmed.add(messageId)
        return outcome
      }
      const handler = sqsHandler(
        {
          ...base,
          concurrency,
          fifo: queue === 'batch' ? 'batch' : 'group',
          fingerprint: false,
          key: ({ messageId }) => (planOf(messageId).valid ? planOf(messageId).key : ''),
        },
        async ({ messageId }) => {
          started.push(messageId)
          running++
          most = Math.max(most, running)
          if (clock.monotonic() >= REMAINING_MS - 1_500) startedBeyondReserve = true
          try {
            await wait(planOf(messageId).handlerMs)
          } finally {
            running--
          }
          if (planOf(messageId).handler === 'failure') throw new Error('declined')
        },
      )
      const event = sqsEvent(
        messages.map(({ group }, index) => ({ messageId: `m${index}`, groupId: group, body: 'x' })),
        { fifo: queue !== 'standard' },
      )
      const response = handler(event, context(REMAINING_MS)).then((answer) => {
        answered = true
        return reported(answer)
      })
      await clock.advance(REMAINING_MS)
      // The answer leaves in time, whatever hangs.
      expect(answered).toBe(true)
      const failures = await response
      await clock.advance(60_000)

      // I8: identifiers of the event, each once.
      expect(new Set(failures).size).toBe(failures.length)
      expect(ids).toEqual(expect.arrayContaining(failures))
      // I4: acknowledged only if confirmed or completed before; a follower by its leader.
      const leaderOf = (messageId: string) =>
        ids.find((id) => planOf(id).valid && planOf(id).key === planOf(messageId).key) ?? messageId
      for (const id of ids) {
        if (failures.includes(id)) continue
        expect(planOf(id).valid).toBe(true)
        expect(confirmed.has(leaderOf(id)) || duplicates.has(leaderOf(id))).toBe(true)
      }
      // Nothing is reported on a standard queue that was confirmed.
      if (queue === 'standard') for (const id of confirmed) expect(failures).not.toContain(id)
      expect(most).toBeLessThanOrEqual(concurrency)
      // At most one execution of a key, of claimed messages only, and none below the reserve.
      expect(new Set(started.map((id) => planOf(id).key)).size).toBe(started.length)
      for (const id of started) expect(planOf(id).claim).toBe('fresh')
      expect(startedBeyondReserve).toBe(false)
      // A handler that settles after the answer causes no store call.
      expect(storeCallsAfterAnswer).toBe(0)
      expect(clock.waiting).toBe(0)
      if (queue === 'standard') return

      // I9: per group in order, and nothing after an unacknowledged record is acknowledged or was run.
      const laneOf = (id: string) => (queue === 'batch' ? '' : planOf(id).group)
      for (const lane of new Set(ids.map(laneOf))) {
        const members = ids.filter((id) => laneOf(id) === lane)
        const ran = started.filter((id) => laneOf(id) === lane)
        expect(ran).toEqual(members.filter((id) => ran.includes(id)))
        const stop = members.findIndex((id) => failures.includes(id))
        if (stop === -1) continue
        for (const id of members.slice(stop + 1)) {
          expect(failures).toContain(id)
          expect(ran).not.toContain(id)
        }
      }
    }),
    { numRuns: 500 },
  )
})
