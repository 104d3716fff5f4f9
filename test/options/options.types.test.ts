import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { StandardSchemaV1 as Spec } from '@standard-schema/spec'
import type { SQSRecord } from 'aws-lambda'
import { describe, expectTypeOf, it } from 'vitest'
import * as z from 'zod'
import * as mini from 'zod/mini'
import type { BodyOf, Options } from '../../src/options/options.ts'
import type { InferOutput, StandardSchemaV1 } from '../../src/options/standard-schema.ts'
import type { Message } from '../../src/protocol/message.ts'
import type { SqsRecord } from '../../src/protocol/sqs-record.ts'

const Order = z.object({ orderId: z.string(), at: z.coerce.date() })

/** Stands for every function that takes options: what it infers is what users get. */
function take<Schema extends StandardSchemaV1 | undefined = undefined>(
  _options: Options<Schema>,
  _handler?: (message: Message<BodyOf<Schema>>) => unknown,
): void {}

/** Powertools' Logger as it declares its methods; the package itself is not installed here. */
type PowertoolsMethod = (
  input: string | { message: string },
  ...extra: [Error | string] | { [name: string]: unknown }[]
) => void

describe('types of options', () => {
  it('flow from the schema to key, fingerprint and handler without annotations', () => {
    take(
      {
        schema: Order,
        key: (message) => {
          expectTypeOf(message.body).toEqualTypeOf<{ orderId: string; at: Date }>()
          // @ts-expect-error The key is not known while it is made.
          void message.key
          return message.body.orderId
        },
        fingerprint: (message) => {
          expectTypeOf(message.body.at).toEqualTypeOf<Date>()
          expectTypeOf(message.key).toEqualTypeOf<string>()
          return message.body.at
        },
      },
      (message) => expectTypeOf(message.body.orderId).toEqualTypeOf<string>(),
    )
  })

  it('make the body a string without a schema', () => {
    take({ key: (message) => message.body }, (message) => expectTypeOf(message.body).toEqualTypeOf<string>())
    take({}, (message) => expectTypeOf(message.body).toEqualTypeOf<string>())
    // @ts-expect-error A handler may not claim a body that no schema checks.
    take({}, (message: Message<{ orderId: string }>) => message)
  })

  it('refuse a wrong unit and an unknown name', () => {
    // @ts-expect-error No such unit.
    take({ ttl: '2w' })
    // @ts-expect-error No such option.
    take({ tll: '2d' })
  })

  it('take the SDK’s client and console as they are', () => {
    expectTypeOf<DynamoDBClient>().toExtend<NonNullable<Options['client']>>()
    type Logger = Exclude<Options['logger'], false | undefined>
    expectTypeOf<Record<'debug' | 'info' | 'warn' | 'error', PowertoolsMethod>>().toExtend<Logger>()
    expectTypeOf<Console>().toExtend<Logger>()
  })

  it('take an explicit undefined for every option', () => {
    expectTypeOf<{ [Name in keyof Options]: undefined }>().toExtend<Options>()
  })
})

describe('the shape of a standard schema', () => {
  it('is the specification’s, and infers the same output', () => {
    expectTypeOf<Spec<string, Date>>().toExtend<StandardSchemaV1<string, Date>>()
    expectTypeOf<InferOutput<Spec<string, Date>>>().toEqualTypeOf<Date>()
    expectTypeOf<InferOutput<typeof Order>>().toEqualTypeOf<z.output<typeof Order>>()
    const transformed = mini.pipe(mini.string(), mini.transform(Number))
    expectTypeOf<InferOutput<typeof transformed>>().toEqualTypeOf<number>()
  })
})

describe('the shape of an SQS record', () => {
  it('is that of the types of Lambda, in both directions', () => {
    expectTypeOf<SQSRecord>().toExtend<SqsRecord>()
    expectTypeOf<SqsRecord>().toExtend<SQSRecord>()
  })
})
