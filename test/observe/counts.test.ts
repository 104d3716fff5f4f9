import { describe, expect, it } from 'vitest'
import { type BatchCounts, countEvent, newCounts } from '../../src/observe/counts.ts'
import type { MessageEvent, NoticeEvent, Outcome } from '../../src/observe/events.ts'
import { METRICS } from '../../src/observe/metric-names.ts'
import { BY_NOTICE, BY_OUTCOME, messageEvent, NOTICES } from './samples.ts'

/** The counts that an event raises. */
function raised(event: MessageEvent | NoticeEvent): Partial<BatchCounts> {
  const counts = newCounts()
  countEvent(counts, event)
  return Object.fromEntries(Object.entries(counts).filter(([, value]) => value !== 0))
}

describe('the counts of a batch', () => {
  it('begin at zero, each batch with its own', () => {
    expect(Object.values(newCounts()).every((value) => value === 0)).toBe(true)
    expect(newCounts()).not.toBe(newCounts())
  })

  it.each(Object.entries(BY_OUTCOME))('count the outcome %s as %s', (outcome, name) => {
    // `Object.entries` forgets the names that the type of the table demands.
    expect(raised(messageEvent(outcome as Outcome))).toEqual({ [name]: 1 })
  })

  it.each(NOTICES.map((notice) => [notice.notice, notice] as const))(
    'count the notice %s',
    (name, notice) => {
      const count = BY_NOTICE[name]
      expect(raised(notice)).toEqual(count ? { [count]: 1 } : {})
    },
  )

  it('count a claim for every message that has an origin, whatever became of it', () => {
    expect(raised(messageEvent('completed', { origin: 'fresh' }))).toEqual({ completed: 1, claimed: 1 })
    expect(raised(messageEvent('not-started', { origin: 'expired' }))).toEqual({ notStarted: 1, claimed: 1 })
    expect(raised(messageEvent('failed', { origin: 'resent' }))).toEqual({ failed: 1, claimed: 1 })
  })

  it('count takeovers and retries among the claims', () => {
    expect(raised(messageEvent('completed', { origin: 'takeover' }))).toEqual({
      completed: 1,
      claimed: 1,
      takeovers: 1,
    })
    expect(raised(messageEvent('failed', { origin: 'retry' }))).toEqual({ failed: 1, claimed: 1, retries: 1 })
  })

  it('have a metric each, named like the count', () => {
    const { messages, failures, durationMs, ...counted } = METRICS
    expect([messages, failures, durationMs]).toEqual(['Messages', 'Failures', 'Duration'])
    expect(Object.keys(counted)).toEqual(Object.keys(newCounts()))
    for (const [name, metric] of Object.entries(counted))
      expect(metric).toBe(name.replace(/^./, (first) => first.toUpperCase()))
  })
})
