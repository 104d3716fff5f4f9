import middy from '@middy/core'
import type { Context, SQSBatchResponse, SQSEvent, SQSHandler, SQSRecord } from 'aws-lambda'
import middy6 from 'middy-6'
import { describe, expectTypeOf, it } from 'vitest'
import * as z from 'zod'
import {
  type Claim,
  type EventBridgeEnvelope,
  eachMessage,
  idempotentBatch,
  type Message,
  type SnsEnvelope,
  type SqsBatchEvent,
  type SqsBatchResponse,
  type SqsEvent,
  type SqsRecord,
  type StandardSchemaV1,
  sqsHandler,
} from '../../src/index.ts'

const Order = z.object({ orderId: z.string(), cents: z.number().default(0), at: z.coerce.date() })
interface OrderBody {
  orderId: string
  cents: number
  at: Date
}

/** A Standard Schema of no library. */
const Celsius: StandardSchemaV1<string, number> = {
  '~standard': { version: 1, vendor: 'hand', validate: (value) => ({ value: Number(value) }) },
}

const on = { table: 'records', namespace: 'types' } as const

/** Only the compiler runs what is inside. */
function compiled(_use: () => unknown): void {}

describe('the schema’s type', () => {
  it('reaches message.body in sqsHandler, in the key and in the fingerprint, without annotations', () => {
    compiled(() =>
      sqsHandler(
        {
          ...on,
          schema: Order,
          key: (message) => {
            expectTypeOf(message.body).toEqualTypeOf<OrderBody>()
            return message.body.orderId
          },
          fingerprint: (message) => {
            expectTypeOf(message.body).toEqualTypeOf<OrderBody>()
            expectTypeOf(message.key).toEqualTypeOf<string>()
            return message.body.cents
          },
        },
        (message, claim) => {
          expectTypeOf(message).toEqualTypeOf<Message<OrderBody>>()
          expectTypeOf(claim).toEqualTypeOf<Claim>()
          // @ts-expect-error The schema has no such field.
          void message.body.amount
        },
      ),
    )
  })

  it('reaches it through Middy 7: .handler((event) => eachMessage(event, (message) => …))', () => {
    compiled(() =>
      middy()
        .use(idempotentBatch({ ...on, schema: Order, key: (message) => message.body.orderId }))
        .handler((event) =>
          eachMessage(event, (message, claim) => {
            expectTypeOf(message.body).toEqualTypeOf<OrderBody>()
            expectTypeOf(claim.signal).toEqualTypeOf<AbortSignal>()
            // @ts-expect-error The schema has no such field.
            void message.body.amount
          }),
        ),
    )
  })

  it('reaches it through Middy 6 likewise', () => {
    compiled(() =>
      middy6()
        .use(idempotentBatch({ ...on, schema: Order, key: (message) => message.body.orderId }))
        .handler((event) =>
          eachMessage(event, (message) => {
            expectTypeOf(message.body).toEqualTypeOf<OrderBody>()
            // @ts-expect-error The schema has no such field.
            void message.body.amount
          }),
        ),
    )
  })

  it('is that of any Standard Schema: its output, not its input', () => {
    compiled(() => {
      sqsHandler({ ...on, schema: Celsius }, (message) => {
        expectTypeOf(message.body).toEqualTypeOf<number>()
      })
      return middy()
        .use(idempotentBatch({ ...on, schema: Celsius }))
        .handler((event) =>
          eachMessage(event, (message) => expectTypeOf(message.body).toEqualTypeOf<number>()),
        )
    })
  })

  it('is checked against a body that the handler names itself', () => {
    compiled(() => {
      const options = { ...on, schema: Order }
      middy()
        .use(idempotentBatch(options))
        .handler(eachMessage((message: Message<OrderBody>) => message.body.at))
      // What asks for less is served as well.
      middy()
        .use(idempotentBatch(options))
        .handler(eachMessage((message: Message<{ orderId: string }>) => message.body.orderId))
      middy6()
        .use(idempotentBatch(options))
        .handler(eachMessage((message: Message<OrderBody>) => message.body.at))
      middy()
        .use(idempotentBatch(options))
        // @ts-expect-error The schema returns no `nope`.
        .handler(eachMessage((message: Message<{ nope: string }>) => message.body.nope))
      middy6()
        .use(idempotentBatch(options))
        // @ts-expect-error The schema returns no `nope`.
        .handler(eachMessage((message: Message<{ nope: string }>) => message.body.nope))
      // @ts-expect-error The same without Middy.
      sqsHandler(options, (message: Message<{ nope: string }>) => message.body.nope)
    })
  })
})

describe('without a schema', () => {
  it('the body is the raw string', () => {
    compiled(() => {
      sqsHandler({ ...on, key: (message) => message.body.trim() }, (message) => {
        expectTypeOf(message.body).toEqualTypeOf<string>()
      })
      middy()
        .use(idempotentBatch(on))
        .handler((event) =>
          eachMessage(event, (message) => expectTypeOf(message.body).toEqualTypeOf<string>()),
        )
      middy6()
        .use(idempotentBatch(on))
        .handler((event) =>
          eachMessage(event, (message) => expectTypeOf(message.body).toEqualTypeOf<string>()),
        )
      // @ts-expect-error Nothing has checked such a body.
      sqsHandler(on, (message: Message<OrderBody>) => message.body.at)
      middy()
        .use(idempotentBatch(on))
        // @ts-expect-error Nothing has checked such a body.
        .handler(eachMessage((message: Message<OrderBody>) => message.body.at))
    })
  })
})

describe('a key', () => {
  it('may be an attribute or an optional field, alone or as a part: what is missing ends in KEY_MISSING', () => {
    const Optional = z.object({ orderId: z.string().optional(), tenant: z.string().nullable() })
    compiled(() => {
      sqsHandler({ ...on, key: (message) => message.attributes['orderId'] }, () => {})
      sqsHandler({ ...on, schema: Optional, key: (message) => message.body.orderId }, () => {})
      sqsHandler(
        {
          ...on,
          schema: Optional,
          key: ({ body, attributes }) => [body.tenant, body.orderId, attributes['line']],
        },
        () => {},
      )
      return middy()
        .use(idempotentBatch({ ...on, key: (message) => message.attributes['orderId'] }))
        .handler((event) => eachMessage(event, () => {}))
    })
  })
})

describe('the type of an envelope', () => {
  it('reaches message.envelope in the handler, the key and the fingerprint; the schema is for what is inside', () => {
    compiled(() =>
      sqsHandler(
        {
          ...on,
          envelope: 'sns',
          schema: Order,
          key: (message) => {
            expectTypeOf(message.envelope).toEqualTypeOf<SnsEnvelope>()
            return message.body.orderId
          },
          fingerprint: (message) => [message.envelope.topicArn, message.body.cents],
        },
        (message) => {
          expectTypeOf(message).toEqualTypeOf<Message<OrderBody, SnsEnvelope>>()
          // @ts-expect-error SNS has no such field.
          void message.envelope.detailType
        },
      ),
    )
    compiled(() =>
      sqsHandler({ ...on, envelope: 'eventbridge' }, (message) => {
        expectTypeOf(message.envelope).toEqualTypeOf<EventBridgeEnvelope>()
        expectTypeOf(message.body).toEqualTypeOf<string>()
      }),
    )
    compiled(() =>
      sqsHandler({ ...on, envelope: 's3' }, ({ envelope }) => {
        if (envelope.kind === 'notification') expectTypeOf(envelope.size).toEqualTypeOf<number | undefined>()
      }),
    )
  })

  it('is that of what a function finds, and undefined where it finds none', () => {
    compiled(() =>
      sqsHandler(
        {
          ...on,
          envelope: (record) => {
            expectTypeOf(record).toEqualTypeOf<SqsRecord>()
            return { body: record.body, envelope: { tenant: 'a' } }
          },
          key: (message) => {
            expectTypeOf(message.envelope).toEqualTypeOf<{ tenant: string }>()
            return message.envelope.tenant
          },
        },
        (message) => expectTypeOf(message.envelope).toEqualTypeOf<{ tenant: string }>(),
      ),
    )
    compiled(() =>
      sqsHandler(
        {
          ...on,
          envelope: async ({ body }) =>
            body.startsWith('{') ? { body, envelope: { tenant: 'a' } } : undefined,
        },
        (message) => expectTypeOf(message.envelope).toEqualTypeOf<{ tenant: string } | undefined>(),
      ),
    )
    // @ts-expect-error What is inside is text: the schema is for its meaning.
    compiled(() => sqsHandler({ ...on, envelope: () => ({ body: { a: 1 } }) }, () => {}))
  })

  it('flows through both versions of Middy, and a handler may leave it out', () => {
    compiled(() => {
      const options = { ...on, envelope: 'sns', schema: Order } as const
      middy()
        .use(idempotentBatch(options))
        .handler((event) =>
          eachMessage(event, (message) => expectTypeOf(message.envelope).toEqualTypeOf<SnsEnvelope>()),
        )
      middy6()
        .use(idempotentBatch(options))
        .handler((event) =>
          eachMessage(event, (message) => expectTypeOf(message.envelope).toEqualTypeOf<SnsEnvelope>()),
        )
      middy()
        .use(idempotentBatch(options))
        .handler(eachMessage((message: Message<OrderBody>) => message.body.at))
      middy()
        .use(idempotentBatch(options))
        .handler(eachMessage((message: Message<OrderBody, SnsEnvelope>) => message.envelope.topicArn))
      middy()
        .use(idempotentBatch({ ...on, schema: Order }))
        // @ts-expect-error Nothing has opened an envelope.
        .handler(eachMessage((message: Message<OrderBody, SnsEnvelope>) => message.envelope.topicArn))
    })
  })

  it('is unknown without the option', () => {
    compiled(() => sqsHandler(on, (message) => expectTypeOf(message.envelope).toEqualTypeOf<unknown>()))
  })
})

describe('a handler of the whole batch', () => {
  it('gets an event of records, typed, and may return settled results', () => {
    compiled(() =>
      middy()
        .use(idempotentBatch({ ...on, schema: Order }))
        .handler((event) => {
          expectTypeOf(event.Records).toEqualTypeOf<SqsRecord[]>()
          return Promise.allSettled(event.Records.map(async (record) => record.body))
        }),
    )
  })
})

describe('next to the types of Lambda', () => {
  it('SQSEvent, its records and the batch response are assignable', () => {
    expectTypeOf<SQSEvent>().toExtend<SqsEvent>()
    expectTypeOf<SqsEvent>().toExtend<SQSEvent>()
    expectTypeOf<SQSEvent>().toExtend<SqsBatchEvent<OrderBody>>()
    expectTypeOf<SQSRecord>().toExtend<SqsRecord>()
    expectTypeOf<SqsBatchResponse>().toExtend<SQSBatchResponse>()
  })

  it('a handler is an SQSHandler, and takes what Lambda calls it with', () => {
    compiled(() => {
      const handler = sqsHandler({ ...on, schema: Order }, () => {})
      expectTypeOf(handler).toExtend<SQSHandler>()
      return (event: SQSEvent, context: Context) => handler(event, context)
    })
  })

  it('a composed handler takes what Lambda calls it with, in both versions of Middy', () => {
    compiled(() => {
      const seven = middy()
        .use(idempotentBatch(on))
        .handler((event) => eachMessage(event, () => {}))
      const six = middy6()
        .use(idempotentBatch(on))
        .handler((event) => eachMessage(event, () => {}))
      return [
        (event: SQSEvent, context: Context) => seven(event, context),
        (event: SQSEvent, context: Context) => six(event, context),
      ]
    })
  })
})

describe('wrong use', () => {
  it('is refused by the compiler', () => {
    compiled(() => {
      // @ts-expect-error No such option.
      sqsHandler({ ...on, concurency: 5 }, () => {})
      // @ts-expect-error A key is known at once.
      sqsHandler({ ...on, key: async () => 'order' }, () => {})
      // @ts-expect-error An object is no key.
      sqsHandler({ ...on, key: (message) => ({ id: message.body }) }, () => {})
      // @ts-expect-error The function of one message is missing.
      sqsHandler(on)
      // @ts-expect-error A schema is an object, not a function that checks.
      sqsHandler({ ...on, schema: (value: unknown) => value }, () => {})
      // @ts-expect-error No such code.
      sqsHandler({ ...on, fifo: 'groups' }, () => {})
      sqsHandler(on, (message, claim) => {
        // @ts-expect-error What was delivered is read only.
        message.body = ''
        // @ts-expect-error So is the claim.
        claim.fence = 0
      })
    })
  })
})
