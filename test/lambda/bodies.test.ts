import { describe, expect, it, vi } from 'vitest'
import * as z from 'zod'
import { sqsHandler } from '../../src/lambda/sqs-handler.ts'
import type { StandardSchemaV1 } from '../../src/options/standard-schema.ts'
import { reported, rig } from '../engine/rig.ts'
import { numberedEvent as sqsEvent } from '../testing/numbered-event.ts'

const Order = z.object({
  orderId: z.string(),
  lines: z.array(z.object({ sku: z.string(), count: z.number() })).default([]),
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
    ['answers nothing', () => undefined, 'the `schema` option returned undefined, no result of a Standard'],
    ['answers null', () => null, 'the `schema` option returned null, no result of a Standard Schema'],
    ['answers a text', async () => 'secret', 'the `schema` option returned of type string, no result'],
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

describe('a byte order mark before a body', () => {
  it('is no part of the JSON; the payload is still the raw body', async () => {
    const { base, context, store } = rig()
    const bodies: unknown[] = []
    const handler = sqsHandler({ ...base, schema: Order }, (message) => {
      bodies.push(message.body.orderId)
    })
    const event = sqsEvent(['\ufeff{"orderId":"A"}', '{"orderId":"A"}'])
    expect(reported(await handler(event, context()))).toEqual([])
    expect(bodies).toEqual(['A', 'A'])
    const [one, other] = store.claims.map(({ fingerprint }) => fingerprint)
    expect(one).not.toBe(other)
  })

  it('is one mark, and nothing else that is no JSON', async () => {
    await withBody('\ufeff\ufeff{"orderId":"A"}')
    await withBody('\ufeff')
  })

  it('stays where nothing parses the body', async () => {
    const { base, context } = rig()
    const bodies: unknown[] = []
    await sqsHandler(base, (message) => {
      bodies.push(message.body)
    })(sqsEvent(['\ufeffplain']), context())
    expect(bodies).toEqual(['\ufeffplain'])
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
