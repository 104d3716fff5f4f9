import { describe, expect, it } from 'vitest'
import { eachMessage } from '../../src/lambda/each-message.ts'
import { idempotentBatch } from '../../src/lambda/idempotent-batch.ts'
import { sqsHandler } from '../../src/lambda/sqs-handler.ts'
import { reported, rig, standard } from '../engine/rig.ts'
import { MIDDYS } from './middlewares.ts'

/** What making a handler with these options throws. */
function refusal(options: object): unknown {
  const made = [() => sqsHandler(options, () => {}), () => idempotentBatch(options)]
  const [direct, middleware] = made.map((make) => {
    try {
      make()
    } catch (error) {
      return error
    }
    return undefined
  })
  expect(middleware).toEqual(direct)
  return direct
}

describe('an unknown or wrong option', () => {
  it('throws CONFIG at start: the option, what was given, what is allowed, the nearest known name', () => {
    expect(refusal({ table: 'orders', namespace: 'charge', concurency: 5 })).toMatchObject({
      code: 'CONFIG',
      message: expect.stringMatching(
        /"concurency" is unknown: did you mean "concurrency"\? Allowed: table, /,
      ),
    })
    expect(refusal({ table: 'orders', namespace: 'charge', ttl: '14 days' })).toMatchObject({
      code: 'CONFIG',
      message: expect.stringMatching(/"ttl" is "14 days"\. Allowed: .*"15m"/),
    })
  })

  it('throws once for all problems together', () => {
    expect(refusal({ table: 'orders', namespace: 'a b', fifo: 'groups', schema: {} })).toMatchObject({
      message: expect.stringMatching(/"namespace".*"schema".*"fifo"/s),
    })
  })

  it('is also a missing function of one message', () => {
    const options = { table: 'orders', namespace: 'charge' }
    expect(() => sqsHandler(options, undefined as never)).toThrow(/needs the function.*got undefined/)
    expect(() => eachMessage({ Records: [] }, {} as never)).toThrow(/needs the function of one message/)
  })
})

describe('a ttl shorter than lease and margin', () => {
  it('throws CONFIG at start where that is known already', () => {
    expect(refusal({ table: 'orders', namespace: 'charge', ttl: '3s' })).toMatchObject({
      code: 'CONFIG',
      message: expect.stringContaining('The window (ttl) is 3s'),
    })
  })

  it('throws CONFIG at the first invocation, whose lease tells: nothing is claimed and nothing lost', async () => {
    const { base, context, store } = rig()
    const handler = sqsHandler({ ...base, ttl: '30s' }, () => {})
    await expect(handler(standard('A'), context(30_000))).rejects.toMatchObject({
      code: 'CONFIG',
      message: expect.stringContaining(
        'The window (ttl) is 30s. Allowed: at least the lease and its margin, 33s',
      ),
    })
    expect(store.claims).toEqual([])
    expect(reported(await handler(standard('A'), context(27_000)))).toEqual([])
  })
})

describe('something that is not an SQS event', () => {
  it.each([
    [undefined, 'it is undefined.'],
    [null, 'it is null.'],
    ['text', 'it is "text".'],
    [{}, '"Records" of the event is undefined, not an array; it is an object.'],
    [[], 'it is an array of 0.'],
    [{ requestContext: {}, body: '' }, 'it is an object with the fields requestContext, body.'],
    [{ Records: 'none' }, '"Records" of the event is "none", not an array'],
    [{ Records: [null] }, 'record 1 of 1 is undefined, not a non-empty string; it is null.'],
    [{ Records: [{ EventSource: 'aws:sns', Sns: {} }] }, 'it is an object with the fields EventSource, Sns'],
    [
      { Records: [{ eventSource: 'aws:dynamodb' }] },
      '"eventSource" of record 1 of 1 is "aws:dynamodb", not "aws:sqs"',
    ],
    [{ Records: [{ messageId: 7, body: '' }] }, '"messageId" of record 1 of 1 is 7, not a non-empty string'],
    [{ Records: [{ messageId: 'A' }] }, '"body" of record 1 of 1 is undefined, not a string'],
  ])('throws with what it saw: %j', async (event, saw) => {
    const { base, context, store } = rig()
    const handler = sqsHandler(base, () => {})
    // Lambda hands over whatever it is connected to.
    await expect(handler(event as never, context())).rejects.toMatchObject({
      code: 'CONFIG',
      message: expect.stringContaining(saw),
    })
    expect(store.claims).toEqual([])
  })

  it.each([[{ orderId: 'A' }], [['A']], [7], [null]])(
    'is a body that a middleware before has parsed, and says what to do about it: %j',
    async (body) => {
      const { base, context, store } = rig()
      const event = standard('A', 'B')
      Object.assign(event.Records[1] ?? {}, { body })
      await expect(sqsHandler(base, () => {})(event, context())).rejects.toMatchObject({
        code: 'CONFIG',
        message: expect.stringMatching(
          /"body" of record 2 of 2 .*@middy\/sqs-json-body-parser.*put idempotentBatch before it.*`schema`/,
        ),
      })
      await expect(sqsHandler(base, () => {})(event, context())).rejects.toThrow(/^(?!.*Connect the handler)/)
      expect(store.claims).toEqual([])
    },
  )

  it('is also a batch with one record without an id: nothing of it runs and all of it returns', async () => {
    const { base, context, store } = rig()
    const event = standard('A', 'B', 'C')
    Reflect.deleteProperty(event.Records[1] ?? {}, 'messageId')
    let runs = 0
    const handler = sqsHandler(base, () => {
      runs++
    })
    await expect(handler(event, context())).rejects.toThrow(/record 2 of 3 .*Nothing was run/)
    expect(runs).toBe(0)
    expect(store.claims).toEqual([])
  })

  it.each(MIDDYS)('throws through %s too', async (_name, compose) => {
    const { base, context } = rig()
    const handler = compose(
      [idempotentBatch(base)],
      eachMessage(() => {}),
    )
    await expect(handler({ Records: [{}] }, context())).rejects.toMatchObject({ code: 'CONFIG' })
  })
})
