import { describe, expect, it, vi } from 'vitest'
import * as z from 'zod'
import { eachMessage } from '../../src/lambda/each-message.ts'
import { idempotentBatch } from '../../src/lambda/idempotent-batch.ts'
import { sqsHandler } from '../../src/lambda/sqs-handler.ts'
import type { StandardSchemaV1 } from '../../src/options/standard-schema.ts'
import { sqsEvent } from '../../src/testing/sqs-event.ts'
import { reported, rig, standard } from '../engine/rig.ts'
import { MIDDYS } from './middlewares.ts'

const Order = z.object({
  orderId: z.string(),
  lines: z.array(z.object({ sku: z.string(), count: z.number() })).default([]),
})

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
    [undefined, 'got undefined'],
    [null, 'got null'],
    ['text', 'got "text"'],
    [{}, 'got an empty object'],
    [[], 'got an array of 0'],
    [{ requestContext: {}, body: '' }, 'got an object with the fields requestContext, body'],
    [{ Records: 'none' }, 'got an object whose Records is "none"'],
    [{ Records: [null] }, 'record 1 of 1 is null'],
    [{ Records: [{ EventSource: 'aws:sns', Sns: {} }] }, 'it is an object with the fields EventSource, Sns'],
    [{ Records: [{ eventSource: 'aws:dynamodb' }] }, 'record 1 of 1 comes from "aws:dynamodb", not from SQS'],
    [{ Records: [{ messageId: 7, body: '' }] }, 'record 1 of 1 has the messageId 7, not a non-empty string'],
    [{ Records: [{ messageId: 'A' }] }, 'record 1 of 1 has the body undefined, not a string'],
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

  it('is also a batch with one record without an id: nothing of it runs and all of it returns', async () => {
    const { base, context, store } = rig()
    const event = standard('A', 'B', 'C')
    Reflect.deleteProperty(event.Records[1] ?? {}, 'messageId')
    let runs = 0
    const handler = sqsHandler(base, () => {
      runs++
    })
    await expect(handler(event, context())).rejects.toThrow(/record 2 of 3 .*Nothing of this batch was run/)
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

/** Runs a batch of good and bad bodies and returns what a user sees of the bad one. */
async function withBody(body: string, schema: StandardSchemaV1 = Order) {
  const { base, context, store, events, outcomes } = rig()
  const warn = vi.fn()
  const logger = { info: warn, warn, error: warn }
  const ran: string[] = []
  const handler = sqsHandler({ ...base, logger, schema }, (message) => {
    ran.push(message.messageId)
  })
  const good = { orderId: 'good' }
  const response = await handler(sqsEvent([{ body: good }, { body }, { body: good }]), context())
  // That record alone fails; nothing is lost.
  expect(reported(response)).toEqual(['message-2'])
  expect(ran).toEqual(['message-1', 'message-3'])
  expect(outcomes()).toEqual({ 'message-1': 'completed', 'message-2': 'invalid', 'message-3': 'completed' })
  expect(store.claims).toHaveLength(2)
  const event = events.find((one) => one.kind === 'message' && one.outcome === 'invalid')
  return { line: warn.mock.calls[0], event }
}

describe('a body that is not JSON or does not fit the schema', () => {
  it.each([
    ['', 'its body is empty'],
    ['{', 'its body is not JSON at position 1'],
    ['secret-4111', 'its body is not JSON.'],
    ['{"orderId": 7}', 'its body does not fit the schema at orderId.'],
    ['{"orderId":"A","lines":[{"sku":"x","count":1},{"sku":"y","count":"z"}]}', 'at lines.1.count.'],
    ['{"lines":[{}]}', 'at orderId and 2 more.'],
    ['null', 'its body does not fit the schema at its root.'],
    ['"text"', 'at its root.'],
  ])('fails alone with the path of the first problem: %s', async (body, problem) => {
    const { line, event } = await withBody(body)
    expect(event).toMatchObject({ error: { code: 'MESSAGE_INVALID' } })
    expect(line?.[1]).toMatchObject({ messageId: 'message-2', detail: expect.stringContaining(problem) })
  })

  it('shows nothing of the body in a log line', async () => {
    for (const body of ['secret-4111', '{"orderId":4111}', '{"secret-4111']) {
      const { line } = await withBody(body)
      expect(JSON.stringify(line)).not.toContain('4111')
    }
  })

  it('keeps the problems of the schema as the cause, for observers that may see them', async () => {
    const { event } = await withBody('{"orderId":7}')
    expect(event).toMatchObject({ error: { cause: [{ path: ['orderId'] }] } })
  })

  it.each([
    [
      'throws',
      () => {
        throw new RangeError('bug in the schema')
      },
      'the `schema` option threw RangeError',
    ],
    ['rejects', () => Promise.reject(new RangeError('bug')), 'the `schema` option threw RangeError'],
    ['answers nothing', () => undefined, 'TypeError'],
  ])('fails alone when the schema itself %s', async (_name, refuse, problem) => {
    const schema = {
      '~standard': {
        version: 1,
        vendor: 'test',
        // A broken schema does not keep to its type.
        validate: (value: { orderId?: string }) => (value.orderId === 'bad' ? refuse() : { value }),
      },
    } as unknown as StandardSchemaV1
    const { line } = await withBody('{"orderId":"bad"}', schema)
    expect(JSON.stringify(line)).toContain(problem)
  })

  it('is not looked at without a schema: the body is the raw string', async () => {
    const { base, context } = rig()
    const bodies: unknown[] = []
    const handler = sqsHandler(base, (message) => {
      bodies.push(message.body)
    })
    expect(reported(await handler(sqsEvent(['', '{', 'plain']), context()))).toEqual([])
    expect(bodies).toEqual(['', '{', 'plain'])
  })
})

describe('a schema', () => {
  it('hands over what it returns: defaults, coercions, transformations', async () => {
    const { base, context } = rig()
    const bodies: unknown[] = []
    const handler = sqsHandler({ ...base, schema: Order }, (message) => {
      bodies.push(message.body)
    })
    await handler(sqsEvent([{ body: { orderId: 'A', unknown: 1 } }]), context())
    expect(bodies).toEqual([{ orderId: 'A', lines: [] }])
  })

  it('may be asynchronous, with a promise or anything that can be awaited', async () => {
    const { base, context } = rig()
    const bodies: unknown[] = []
    const Async = z.object({ orderId: z.string().refine(async (id) => id !== 'bad') })
    const handler = sqsHandler({ ...base, schema: Async, key: (m) => m.body.orderId }, (message) => {
      bodies.push(message.body)
    })
    const event = sqsEvent([{ body: { orderId: 'A' } }, { body: { orderId: 'bad' } }])
    expect(reported(await handler(event, context()))).toEqual(['message-2'])
    expect(bodies).toEqual([{ orderId: 'A' }])

    const thenable = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: (value: unknown) => ({
          // biome-ignore lint/suspicious/noThenProperty: a promise of another kind
          then(resolve: (result: unknown) => void) {
            resolve({ value: [value] })
          },
        }),
      },
    } as unknown as StandardSchemaV1
    const other = sqsHandler({ ...base, schema: thenable }, (message) => {
      bodies.push(message.body)
    })
    await other(sqsEvent([{ body: 1 }]), context())
    expect(bodies[1]).toEqual([1])
  })

  it('whose value has a `then` of its own is not awaited', async () => {
    const { base, context } = rig()
    const bodies: unknown[] = []
    const handler = sqsHandler({ ...base, schema: z.looseObject({}) }, (message) => {
      bodies.push(JSON.stringify(message.body))
    })
    await handler(sqsEvent(['{"then":"later"}']), context())
    expect(bodies).toEqual(['{"then":"later"}'])
  })
})

describe('`__proto__` in a body', () => {
  const body = '{"orderId":"A","__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}}}'

  it('changes no object of ours or of the handler’s', async () => {
    const { base, context } = rig()
    const seen: unknown[] = []
    const Loose = z.looseObject({ orderId: z.string() })
    const handler = sqsHandler({ ...base, schema: Loose, key: (m) => m.body.orderId }, (message) => {
      // Looked up through the prototype, as an unsuspecting handler would.
      seen.push(Reflect.get(message.body, 'admin'), Reflect.get({}, 'admin'))
    })
    expect(reported(await handler(sqsEvent([{ body }]), context()))).toEqual([])
    expect(seen).toEqual([undefined, undefined])
  })

  it('counts in a selected fingerprint: two payloads that differ there are two', async () => {
    const { base, context, store } = rig()
    const fingerprint = (message: { body: string }) => JSON.parse(message.body) as unknown
    const handler = sqsHandler({ ...base, fingerprint }, () => {})
    await handler(
      sqsEvent([{ body: '{"__proto__":1}' }, { body: '{"__proto__":2}' }, { body: '{}' }]),
      context(),
    )
    expect(new Set(store.claims.map((claim) => claim.fingerprint)).size).toBe(3)
  })

  it('is a name like any other for message attributes', async () => {
    const { base, context } = rig()
    const seen: unknown[] = []
    const event = sqsEvent([{ body: 'A' }])
    for (const record of event.Records) {
      record.messageAttributes = JSON.parse('{"__proto__":{"dataType":"String","stringValue":"x"}}')
    }
    await sqsHandler(base, ({ attributes }) => {
      seen.push(Object.keys(attributes), attributes['toString'])
    })(event, context())
    expect(seen).toEqual([['__proto__'], undefined])
  })
})
