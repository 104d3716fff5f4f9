import { describe, expect, it } from 'vitest'
import { sqsHandler } from '../../src/lambda/sqs-handler.ts'
import type { SchemaResult, StandardSchemaV1 } from '../../src/options/standard-schema.ts'
import { fifo, reported, rig, settled } from '../engine/rig.ts'
import { numberedEvent as sqsEvent } from '../testing/numbered-event.ts'

type Answer = SchemaResult<string>

/** A schema that answers as told, by the text of the body. */
function answering(answer: (body: string) => Promise<Answer>): StandardSchemaV1<unknown, string> {
  return { '~standard': { version: 1, vendor: 'test', validate: (value) => answer(String(value)) } }
}

const bodies = (...texts: readonly string[]) =>
  sqsEvent(texts.map((text) => ({ messageId: text, body: JSON.stringify(text) })))

describe('an asynchronous schema', () => {
  it('is asked for all records at the same time: a thousand that take 10 ms take 10 ms', async () => {
    const { base, clock, context, events } = rig()
    const schema = answering(
      (value) => new Promise((resolve) => void clock.after(10, () => resolve({ value }))),
    )
    const names = Array.from({ length: 1_000 }, (_, index) => `m-${index}`)
    const answer = sqsHandler({ ...base, schema, concurrency: 1_000 }, () => {})(
      bodies(...names),
      context(5_000),
    )
    await clock.advance(10)
    expect(reported(await answer)).toEqual([])
    const [batch] = events.flatMap((event) => (event.kind === 'batch' ? [event] : []))
    expect(batch?.counts.completed).toBe(1_000)
    expect(batch?.durationMs).toBe(10)
  })

  it('keeps the order of the batch, whoever answers first', async () => {
    const { base, clock, context, store } = rig()
    const schema = answering(
      (value) => new Promise((resolve) => void clock.after(50 - Number(value), () => resolve({ value }))),
    )
    const answer = sqsHandler({ ...base, schema }, () => {})(bodies('10', '20', '30'), context())
    await clock.advance(50)
    expect(reported(await answer)).toEqual([])
    expect(store.claims.map(({ messageId }) => messageId)).toEqual(['10', '20', '30'])
  })

  it('that never answers for one of them is waited for half of the time; the others run, the batch answers', async () => {
    const { base, clock, context, store, outcomes, events } = rig()
    const ran: string[] = []
    const schema = answering((value) =>
      value === 'never' ? new Promise(() => {}) : Promise.resolve({ value }),
    )
    const answer = sqsHandler({ ...base, schema }, (message) => {
      ran.push(message.body)
    })(bodies('a', 'never', 'b'), context(5_000))
    // Half of what is left until the reserve begins.
    await clock.advance(1_749)
    expect(ran).toEqual([])
    await clock.advance(1)
    expect(reported(await answer)).toEqual(['never'])
    expect(ran).toEqual(['a', 'b'])
    expect(outcomes()).toEqual({ a: 'completed', never: 'not-started', b: 'completed' })
    expect(store.claims.map(({ messageId }) => messageId)).toEqual(['a', 'b'])
    expect(events).toContainEqual(expect.objectContaining({ notice: 'slow-input', unanswered: 1 }))
  })

  it('that never answers is left after 30 s where nobody knows the end of the invocation', async () => {
    const { base, clock, outcomes } = rig()
    const schema = answering((value) =>
      value === 'never' ? new Promise(() => {}) : Promise.resolve({ value }),
    )
    const answer = sqsHandler({ ...base, schema }, () => {})(bodies('a', 'never'), {})
    await clock.advance(30_000)
    expect(reported(await answer)).toEqual(['never'])
    expect(outcomes()).toEqual({ a: 'completed', never: 'not-started' })
  })

  it.each(['accepts', 'refuses', 'rejects'])('that %s after it was given up changes nothing', async (how) => {
    const { base, clock, context, store, events } = rig()
    const late = Promise.withResolvers<Answer>()
    const schema = answering((value) => (value === 'late' ? late.promise : Promise.resolve({ value })))
    let asked = 0
    const key = (message: { body: string }) => {
      asked++
      return message.body
    }
    const answer = sqsHandler({ ...base, schema, key }, () => {})(bodies('late', 'b'), context(5_000))
    await clock.advance(1_750)
    expect(reported(await answer)).toEqual(['late'])
    const told = events.length
    if (how === 'accepts') late.resolve({ value: 'late' })
    else if (how === 'refuses') late.resolve({ issues: [{ message: 'no' }] })
    else late.reject(new Error('no'))
    await settled()
    expect(asked).toBe(1)
    expect(store.claims).toHaveLength(1)
    expect(events).toHaveLength(told)
  })

  it('of an invocation without time left is not waited for', async () => {
    const { base, clock, context, outcomes } = rig()
    const schema = answering(() => new Promise(() => {}))
    const answer = sqsHandler({ ...base, schema }, () => {})(bodies('a'), context(1_000))
    await clock.advance(0)
    expect(reported(await answer)).toEqual(['a'])
    expect(outcomes()).toEqual({ a: 'not-started' })
  })

  it('leaves no timer behind when all have answered', async () => {
    const { base, clock, context } = rig()
    const schema = answering((value) =>
      value === 'bad' ? Promise.reject(new Error('no')) : Promise.resolve({ value }),
    )
    expect(reported(await sqsHandler({ ...base, schema }, () => {})(bodies('a', 'bad'), context()))).toEqual([
      'bad',
    ])
    expect(clock.waiting).toBe(0)
  })

  it('that does not answer for the head of a FIFO group holds the group, and no other', async () => {
    const { base, clock, context } = rig()
    const ran: string[] = []
    const schema = answering((value) => (value === '1' ? new Promise(() => {}) : Promise.resolve({ value })))
    const event = fifo('1:g', '2:g', '3:h')
    for (const record of event.Records) record.body = JSON.stringify(record.body)
    const answer = sqsHandler({ ...base, schema }, (message) => {
      ran.push(message.body)
    })(event, context(5_000))
    await clock.advance(1_750)
    expect(reported(await answer)).toEqual(['1', '2'])
    expect(ran).toEqual(['3'])
  })
})
