import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { sqsHandler } from '../../src/lambda/sqs-handler.ts'
import type { NoticeEvent } from '../../src/observe/events.ts'
import type { EnvelopeOption, EventBridgeEnvelope } from '../../src/protocol/envelopes.ts'
import type { Message } from '../../src/protocol/message.ts'
import type { SqsRecord } from '../../src/protocol/sqs-record.ts'
import { memoryStore } from '../../src/store/memory/memory-store.ts'
import { manualClock } from '../../src/testing/manual-clock.ts'
import { type Rig, reported, rig, rigWith, settled } from '../engine/rig.ts'
import { numberedEvent as sqsEvent } from '../testing/numbered-event.ts'

/** What SNS puts into a queue, in its own way of writing; new in everything but the message. */
function sns(publish: number, message: string, attributes?: object): string {
  return `{
  "Type" : "Notification",
  "MessageId" : "sns-${publish}",
  "TopicArn" : "arn:aws:sns:eu-central-1:111122223333:orders",
  "Subject" : "an order",
  "Message" : ${JSON.stringify(message)},
  "Timestamp" : "2026-01-01T00:00:0${publish}.000Z",
  "SignatureVersion" : "1",
  "Signature" : "signature-${publish}",
  "SigningCertURL" : "https://sns.eu-central-1.amazonaws.com/cert.pem",
  "UnsubscribeURL" : "https://sns.eu-central-1.amazonaws.com/?Action=Unsubscribe"${
    attributes ? `,\n  "MessageAttributes" : ${JSON.stringify(attributes)}` : ''
  }
}`
}

const eventBridge = (put: number, detail: string) =>
  `{"version":"0","id":"eb-${put}","detail-type":"Order Placed","source":"shop","account":"111122223333","time":"2026-01-01T00:00:0${put}Z","region":"eu-central-1","resources":["arn:x"],"detail":${detail}}`

const s3 = (object: string, more = '') =>
  `{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","awsRegion":"eu-central-1","eventTime":"2026-01-01T00:00:00.000Z","eventName":"ObjectCreated:Put","responseElements":{"x-amz-request-id":"R1"},"s3":{"s3SchemaVersion":"1.0","configurationId":"c","bucket":{"name":"photos","arn":"arn:aws:s3:::photos"},"object":${object}}}${more}]}`

const pointer = (key: string) =>
  `["software.amazon.payloadoffloading.PayloadS3Pointer",{"s3BucketName":"payloads","s3Key":"${key}"}]`

const TEST_EVENT =
  '{"Service":"Amazon S3","Event":"s3:TestEvent","Time":"2026-01-01T00:00:00.000Z","Bucket":"photos","RequestId":"R","HostId":"H"}'

/** Each body is a message of its own in the queue. */
function event(...bodies: readonly string[]): { Records: SqsRecord[] } {
  return sqsEvent(bodies.map((body, at) => ({ messageId: `sqs-${at + 1}`, body })))
}

/** Runs bodies one delivery after another, and returns what handlers saw and what became of each. */
async function run(envelope: EnvelopeOption, bodies: readonly string[], more: object = {}) {
  const clock = manualClock()
  const on = rigWith(memoryStore({ runtime: clock }), clock)
  const messages: Message<unknown, unknown>[] = []
  const handler = sqsHandler({ ...on.base, envelope, ...more }, (message) => {
    messages.push(message)
  })
  for (const record of event(...bodies).Records) await handler({ Records: [record] }, on.context())
  return { messages, outcomes: Object.values(on.outcomes()), events: on.events }
}

const key = (text: string) => ({ 'idempotency-key': { Type: 'String', Value: text } })

describe('an envelope of SNS', () => {
  it('is opened: body, attributes and key are those inside, the rest is in message.envelope', async () => {
    const attributes = {
      ...key('order-7'),
      count: { Type: 'Number', Value: '2.0' },
      tags: { Type: 'String.Array', Value: '["a"]' },
      bytes: { Type: 'Binary', Value: 'AQI=' },
    }
    const { messages } = await run('sns', [sns(1, 'hello', attributes)])
    expect(messages[0]).toMatchObject({
      messageId: 'sqs-1',
      body: 'hello',
      key: 'order-7',
      attributes: { 'idempotency-key': 'order-7', count: 2, tags: '["a"]', bytes: Buffer.from([1, 2]) },
      envelope: {
        messageId: 'sns-1',
        topicArn: 'arn:aws:sns:eu-central-1:111122223333:orders',
        subject: 'an order',
        timestamp: '2026-01-01T00:00:01.000Z',
      },
    })
    expect(messages[0]?.record.body).toContain('"Type" : "Notification"')
  })

  it('published twice with one key runs once; with another message inside it is a mismatch', async () => {
    const bodies = [
      sns(1, 'a', key('k')),
      sns(2, 'a', key('k')),
      sns(3, 'b', key('k')),
      sns(4, 'a', key('other')),
    ]
    const { messages, outcomes } = await run('sns', bodies)
    expect(outcomes).toEqual(['completed', 'duplicate', 'mismatch', 'completed'])
    expect(messages).toHaveLength(2)
  })

  it('without a key inside counts as one for each publish, however often it is delivered', async () => {
    const { messages, outcomes } = await run('sns', [sns(1, 'a'), sns(1, 'a'), sns(2, 'a')])
    expect(outcomes).toEqual(['completed', 'duplicate', 'completed'])
    expect(messages.map((message) => message.key)).toEqual(['sns-1', 'sns-2'])
  })

  it('gives the schema what is inside, and the key its result', async () => {
    const schema = z.object({ orderId: z.string(), cents: z.number() })
    const order = (cents: string) => `\ufeff{"orderId":"A","cents":${cents}}`
    const { messages, outcomes } = await run(
      'sns',
      [sns(1, order('5')), sns(2, order('5')), sns(3, '{"orderId":7}')],
      {
        schema,
        key: (message: { body: { orderId: string } }) => message.body.orderId,
      },
    )
    expect(outcomes).toEqual(['completed', 'duplicate', 'invalid'])
    expect(messages[0]?.body).toEqual({ orderId: 'A', cents: 5 })
  })

  it('keeps numbers apart that parsing has rounded, inside too', async () => {
    const schema = z.object({ id: z.number() })
    const select = (message: { body: { id: number } }) => `order-${message.body.id}`
    const inside = ['9007199254740993', '9007199254740992'].map((id, at) => sns(at, `{"id":${id}}`))
    const { outcomes } = await run('sns', inside, { schema, fingerprint: false, key: select })
    expect(outcomes).toEqual(['key-missing', 'completed'])
  })

  it.each([
    ['Binary', { 'idempotency-key': { Type: 'Binary', Value: 'AQI=' } }],
    ['empty', key('')],
    ['null', { 'idempotency-key': null }],
  ])('with a key inside that cannot be read is missing one: %s', async (_name, attributes) => {
    expect((await run('sns', [sns(1, 'a', attributes)])).outcomes).toEqual(['key-missing'])
  })

  it.each([
    '',
    '{',
    'null',
    '[]',
    '"text"',
    '{"orderId":"A"}',
    sns(1, 'a').replace('Notification', 'Other'),
    '{"Type":"Notification"}',
  ])('is what the option asks for; another body is invalid, and it says so: %j', async (body) => {
    const { outcomes, events } = await run('sns', [body])
    expect(outcomes).toEqual(['invalid'])
    expect(
      JSON.stringify(
        events.map((one) => one.kind === 'message' && one.error instanceof Error && one.error.message),
      ),
    ).toMatch(/raw message delivery|not JSON|empty/)
  })
})

/** What was said of the message that was refused. */
async function problem(envelope: EnvelopeOption, body: string): Promise<string> {
  const { events, outcomes } = await run(envelope, [body])
  expect(outcomes).toEqual(['invalid'])
  return events.flatMap((one) => (one.kind === 'message' ? [String(one.error)] : [])).join()
}

describe('a body that is not what the option says', () => {
  it.each<[EnvelopeOption, string, string]>([
    ['sns', eventBridge(1, '{}'), "it looks like an envelope of EventBridge: `envelope: 'eventbridge'`"],
    ['sns', s3('{"key":"k"}'), "it looks like an envelope of S3: `envelope: 's3'`"],
    ['eventbridge', sns(1, 'a'), "it looks like an envelope of SNS: `envelope: 'sns'`"],
    ['eventbridge', s3('{"key":"k"}'), "it looks like an envelope of S3: `envelope: 's3'`"],
    ['s3', sns(1, s3('{"key":"k"}')), "it looks like an envelope of SNS: `envelope: 'sns'`"],
    ['s3', eventBridge(1, '{}'), "it looks like an envelope of EventBridge: `envelope: 'eventbridge'`"],
    ['sns', '{"orderId":1}', 'with raw message delivery leave the option out'],
    [
      'eventbridge',
      '{"orderId":1}',
      'has an input of its own (constant, path or transformer) leave the option out',
    ],
    ['s3', '{"orderId":1}', 'asks for; leave the option out'],
  ])('under %j is told what it looks like, else what to do: %s', async (envelope, body, remedy) => {
    expect(await problem(envelope, body)).toContain(remedy)
  })

  it.each(['SubscriptionConfirmation', 'UnsubscribeConfirmation'])(
    'is a message of SNS about the subscription: %s',
    async (type) => {
      const told = await problem('sns', sns(1, 'a').replace('Notification', type))
      expect(told).toContain(`its body is a ${type} of SNS`)
      expect(told).toContain('open its SubscribeURL to confirm it')
    },
  )

  it('has several records of S3: their number, and what to do', async () => {
    const one = s3('{"key":"k"}')
    expect(await problem('s3', s3('{"key":"k"}', `,${one.slice(12, -2)}`))).toContain(
      'it has 2 records, and a message is one piece of work: leave the option out',
    )
  })
})

describe('an envelope of EventBridge', () => {
  it('that a replay of an archive has put again says so, and is a duplicate unless the key has its name', async () => {
    const put = eventBridge(1, '{"id":"A"}')
    const bodies = [put, put.replace('"detail":', '"replay-name":"again","detail":')]
    const plain = await run('eventbridge', bodies)
    expect(plain.outcomes).toEqual(['completed', 'duplicate'])
    const named = await run('eventbridge', bodies, {
      key: ({ envelope }: Message<unknown, EventBridgeEnvelope>) =>
        [envelope.id, envelope.replayName ?? ''].filter(Boolean),
    })
    expect(named.outcomes).toEqual(['completed', 'completed'])
    expect(named.messages.map(({ envelope }) => (envelope as EventBridgeEnvelope).replayName)).toEqual([
      undefined,
      'again',
    ])
  })

  it('is opened: the body is the text of the detail, as it came', async () => {
    const { messages } = await run('eventbridge', [eventBridge(1, '{ "id" : 9007199254740993, "a":"}" }')])
    expect(messages[0]).toMatchObject({
      body: '{ "id" : 9007199254740993, "a":"}" }',
      key: 'eb-1',
      envelope: {
        id: 'eb-1',
        source: 'shop',
        detailType: 'Order Placed',
        account: '111122223333',
        region: 'eu-central-1',
        time: '2026-01-01T00:00:01Z',
        resources: ['arn:x'],
      },
    })
  })

  it('put twice with one key of the business runs once; with another detail it is a mismatch', async () => {
    const schema = z.object({ orderId: z.string() })
    const details = ['{"orderId":"A"}', '{"orderId":"A"}', '{"orderId":"A","gift":true}']
    const { outcomes } = await run(
      'eventbridge',
      details.map((detail, at) => eventBridge(at, detail)),
      {
        schema,
        key: (message: { body: { orderId: string } }) => message.body.orderId,
      },
    )
    expect(outcomes).toEqual(['completed', 'duplicate', 'mismatch'])
  })

  it('whose details differ only in digits that parsing loses are two payloads, by their text', async () => {
    const clock = manualClock()
    const { base, context, outcomes } = rigWith(memoryStore({ runtime: clock }), clock)
    const handler = sqsHandler({ ...base, envelope: 'eventbridge', key: () => 'one key' }, () => {})
    for (const record of event(eventBridge(1, '[9007199254740993]'), eventBridge(2, '[9007199254740992]'))
      .Records)
      await handler({ Records: [record] }, context())
    expect(outcomes()).toEqual({ 'sqs-1': 'completed', 'sqs-2': 'mismatch' })
  })

  it.each([
    '{"detail":{}}',
    '{"id":"x","detail-type":"t"}',
    '{"id":"","detail-type":"t","detail":1}',
    '[]',
    '5',
  ])('is what the option asks for; another body is invalid: %s', async (body) => {
    expect((await run('eventbridge', [body])).outcomes).toEqual(['invalid'])
  })
})

describe('what comes from S3', () => {
  const object = '{"key":"2026/a+b%C3%A9.png","size":5,"eTag":"e","versionId":"v","sequencer":"0A"}'

  it('as a notification is opened: the part about bucket and object', async () => {
    const { messages } = await run('s3', [s3(object)])
    expect(JSON.parse(String(messages[0]?.body))).toMatchObject({
      bucket: { name: 'photos' },
      object: { size: 5 },
    })
    expect(messages[0]?.envelope).toEqual({
      kind: 'notification',
      eventName: 'ObjectCreated:Put',
      eventTime: '2026-01-01T00:00:00.000Z',
      region: 'eu-central-1',
      bucket: 'photos',
      key: '2026/a bé.png',
      versionId: 'v',
      eTag: 'e',
      size: 5,
      sequencer: '0A',
    })
  })

  it('delivered twice runs once; the next event of the object, or of another, runs', async () => {
    const bodies = [
      s3(object),
      s3(object),
      s3(object.replace('0A', '0B')),
      s3(object.replace('2026', '2027')),
      s3(object).replace('Created:Put', 'Created:Copy'),
      s3('{"key":"k"}'),
      s3('{"key":"k"}'),
      s3('{"key":"k"}').replace('00:00:00.000Z', '00:00:01.000Z'),
    ]
    const { outcomes } = await run('s3', bodies)
    const [done, again] = ['completed', 'duplicate']
    expect(outcomes).toEqual([done, again, done, done, done, done, again, done])
  })

  it('as a pointer of the extended client is told apart; a repeat under its key is a duplicate, whatever it points at', async () => {
    const clock = manualClock()
    const { base, context, outcomes } = rigWith(memoryStore({ runtime: clock }), clock)
    const messages: unknown[] = []
    const handler = sqsHandler({ ...base, envelope: 's3' }, ({ body, envelope }) => {
      messages.push([body, envelope])
    })
    const attributes = { 'idempotency-key': 'order-7', ExtendedPayloadSize: 300_000 }
    const sent = ['uuid-1', 'uuid-2'].map((key) => ({ messageId: key, body: pointer(key), attributes }))
    for (const record of sqsEvent(sent).Records) await handler({ Records: [record] }, context())
    expect(outcomes()).toEqual({ 'uuid-1': 'completed', 'uuid-2': 'duplicate' })
    expect(messages).toEqual([
      [
        '{"s3BucketName":"payloads","s3Key":"uuid-1"}',
        { kind: 'pointer', bucket: 'payloads', key: 'uuid-1' },
      ],
    ])
  })

  it('as a test of the set-up is handed over as what it is', async () => {
    const { messages } = await run('s3', [TEST_EVENT])
    expect(messages[0]).toMatchObject({ envelope: { kind: 'test', bucket: 'photos' }, body: TEST_EVENT })
  })

  it('as a test of the set-up passes a schema that has a place for it, as docs/sources.md shows', async () => {
    const Photo = z.object({ object: z.object({ key: z.string() }) })
    const schema = z.union([Photo, z.object({ Event: z.literal('s3:TestEvent') })])
    const { messages, outcomes } = await run('s3', [TEST_EVENT, s3(object), '{"Event":"s3:Other"}'], {
      schema,
    })
    expect(outcomes).toEqual(['completed', 'completed', 'invalid'])
    expect(messages.map(({ envelope }) => (envelope as { kind: string }).kind)).toEqual([
      'test',
      'notification',
    ])
  })

  it.each([
    '{"Records":[]}',
    s3(object, `,${s3(object).slice(12, -2)}`),
    '{"Records":[{"s3":{}}]}',
    '{"Records":[null]}',
    '["Pointer",{}]',
    '["software.amazon.payloadoffloading.PayloadS3Pointer"]',
    '{}',
    'null',
  ])('is what the option asks for; another body is invalid: %s', async (body) => {
    expect((await run('s3', [body])).outcomes).toEqual(['invalid'])
  })
})

describe('an envelope of one’s own', () => {
  it('is opened by a function: text, attributes, key and the rest', async () => {
    const unwrap = ({ body }: SqsRecord) => {
      const { payload, tenant, id } = JSON.parse(body) as Record<string, string>
      return {
        body: payload ?? '',
        attributes: { n: 1 },
        key: [tenant ?? '', id ?? ''],
        envelope: { tenant },
      }
    }
    const bodies = ['1', '2'].map((seal) => `{"payload":"p","tenant":"t","id":"7","seal":${seal}}`)
    const { messages, outcomes } = await run(unwrap, bodies)
    expect(outcomes).toEqual(['completed', 'duplicate'])
    expect(messages[0]).toMatchObject({
      body: 'p',
      key: 't/7',
      attributes: { n: 1 },
      envelope: { tenant: 't' },
    })
  })

  it('may find its key among attributes: text, or a number by its value', async () => {
    const unwrap = ({ body }: SqsRecord) => ({
      body: 'same',
      attributes: JSON.parse(body) as Record<string, string>,
    })
    const bodies = ['"7"', '7', '"8"', '""', '9007199254740992', 'null'].map(
      (value) => `{"idempotency-key":${value}}`,
    )
    const [done, missing] = ['completed', 'key-missing']
    expect((await run(unwrap, bodies)).outcomes).toEqual([done, 'duplicate', done, missing, missing, missing])
  })

  it('may give the text as it came, whatever numbers are in it; written again it is not the text that was sent', async () => {
    const inside = '{"id":1524831183200260097,"price":0.10000000000000001,"same":0.1}'
    const bodies = [JSON.stringify({ payload: inside }), `{"payload":${inside}}`]
    const whole = ({ body }: SqsRecord) => {
      const { payload } = JSON.parse(body) as { payload: unknown }
      return { body: typeof payload === 'string' ? payload : JSON.stringify(payload), key: body.length }
    }
    const { messages, outcomes, events } = await run(whole, bodies)
    expect(outcomes).toEqual(['completed', 'invalid'])
    expect(messages.map(({ body }) => body)).toEqual([inside])
    expect(JSON.stringify(events.map((one) => one.kind === 'message' && String(one.error)))).toContain(
      'the body that the `envelope` option returned has a number with more digits than JSON.parse keeps: send it as text, or return its text as it came',
    )
  })

  it('that gives no usable key says where it comes from; one that is null is none, not the message id', async () => {
    const { outcomes, events } = await run(() => ({ body: 'a', key: null as never }), ['a'])
    expect(outcomes).toEqual(['key-missing'])
    expect(events.map((one) => one.kind === 'message' && String(one.error))).toContainEqual(
      expect.stringMatching(/the key is null\. Return .* of what the `envelope` option returns/),
    )
  })

  it('may be asynchronous, and may find none: then the record is the message', async () => {
    const unwrap = async ({ body }: SqsRecord) =>
      body === 'bare' ? undefined : { body: body.slice(1), key: body }
    const { messages, outcomes } = await run(unwrap, ['bare', '<wrapped'], {
      schema: z.string(),
    })
    expect(outcomes).toEqual(['invalid', 'invalid'])
    expect(messages).toEqual([])
    const plain = await run(unwrap, ['bare', '<wrapped', '<wrapped'])
    expect(plain.messages.map(({ body, key }) => [body, key])).toEqual([
      ['bare', 'sqs-1'],
      ['wrapped', '<wrapped'],
    ])
  })

  it.each<[string, () => unknown, string]>([
    ['throws', () => fail(), 'the `envelope` option threw RangeError'],
    ['rejects', () => Promise.reject(new RangeError('secret')), 'the `envelope` option threw RangeError'],
    ['returns null', () => null, 'returned null, not an object whose body is text'],
    ['returns a text', () => 'text', 'returned of type string, not'],
    ['returns no body', () => ({}), 'returned a body that is undefined, not text'],
    ['returns a parsed body', () => ({ body: { a: 1 } }), 'returned a body that is of type object, not text'],
    ['resolves to nothing useful', async () => 5, 'returned of type number, not'],
  ])('that %s fails that message alone, in words without its content', async (_name, give, problem) => {
    const one = rig()
    const envelope = ({ body }: SqsRecord) => (body === 'bad' ? (give() as never) : { body })
    const handler = sqsHandler({ ...one.base, envelope }, () => {})
    expect(reported(await handler(event('good', 'bad'), one.context()))).toEqual(['sqs-2'])
    expect(one.outcomes()).toEqual({ 'sqs-1': 'completed', 'sqs-2': 'invalid' })
    const told = one.events.flatMap((event) =>
      event.kind === 'message' && event.error instanceof Error ? [event.error.message] : [],
    )
    expect(told).toEqual([expect.stringContaining(problem)])
    expect(told.join()).not.toContain('secret')
  })

  it('that never answers is waited for as a schema is', async () => {
    const { base, clock, context, outcomes } = rig()
    const envelope = ({ body }: SqsRecord) => (body === 'never' ? new Promise<never>(() => {}) : { body })
    const answer = sqsHandler({ ...base, envelope }, () => {})(event('never', 'b'), context(5_000))
    await clock.advance(1_750)
    expect(reported(await answer)).toEqual(['sqs-1'])
    expect(outcomes()).toEqual({ 'sqs-1': 'not-started', 'sqs-2': 'completed' })
  })
})

function fail(): never {
  throw new RangeError('secret')
}

describe('a body that looks like an envelope, without the option', () => {
  const hints = ({ events }: Rig) =>
    events.filter(
      (event): event is Extract<NoticeEvent, { notice: 'key-hint' }> =>
        'notice' in event && event.notice === 'key-hint',
    )
  const keyed = { key: (message: { body: string }) => message.body.length }

  it.each([
    ['SNS', sns(1, 'a'), "envelope: 'sns'"],
    ['SNS', sns(1, 'a').replace(/\s+/g, ''), "envelope: 'sns'"],
    ['EventBridge', eventBridge(1, '{}'), "envelope: 'eventbridge'"],
    ['S3', s3('{"key":"k"}'), "envelope: 's3'"],
    ['the SQS extended client', pointer('k'), "envelope: 's3'"],
    ['the SQS extended client', '["com.amazon.sqs.javamessaging.MessageS3Pointer",{}]', "envelope: 's3'"],
  ])('of %s: a repeat would be a mismatch, and it is said once', async (source, body, option) => {
    const one = rig()
    const handler = sqsHandler({ ...one.base, ...keyed }, () => {})
    for (let call = 0; call < 2; call++) await handler(event(body, body), one.context())
    expect(hints(one).map(({ detail }) => detail)).toEqual([
      expect.stringContaining(`an envelope of ${source}:`),
    ])
    expect(hints(one)[0]?.detail).toContain(option)
    expect(hints(one)[0]?.detail).toContain('PAYLOAD_MISMATCH')
  })

  it('and carries the key that the message id stands in for: it is said', async () => {
    const one = rig()
    await sqsHandler(one.base, () => {})(event(sns(1, 'a'), sns(2, 'a', key('secret-7'))), one.context())
    expect(hints(one).map(({ detail }) => detail)).toEqual([
      expect.stringContaining('carries an idempotency-key inside'),
    ])
    expect(JSON.stringify(hints(one))).not.toContain('secret-7')
  })

  it('and has a key inside under another name: it is said, opened or not', async () => {
    const named = { idempotencyKey: { Type: 'String', Value: 'secret-7' } }
    for (const [options, said] of [
      [{}, 'carries an idempotency-key inside'],
      [{ envelope: 'sns' }, 'looks like a key and is not named idempotency-key'],
    ] as const) {
      const one = rig()
      await sqsHandler({ ...one.base, ...options }, () => {})(event(sns(1, 'a', named)), one.context())
      expect(hints(one).map(({ detail }) => detail)).toEqual([expect.stringContaining(said)])
    }
  })

  it('is no matter where two sends are told apart anyway, or are not compared', async () => {
    for (const options of [
      {},
      { ...keyed, fingerprint: false as const },
      { ...keyed, fingerprint: () => 1 },
    ]) {
      const one = rig()
      await sqsHandler({ ...one.base, ...options }, () => {})(
        event(sns(1, 'a'), eventBridge(1, '{}')),
        one.context(),
      )
      expect(hints(one)).toEqual([])
    }
    await settled()
  })

  it('and stands in another that was opened: it is said that both want to be', async () => {
    for (const [envelope, body, source] of [
      ['sns', sns(1, eventBridge(1, '{}')), 'EventBridge'],
      ['sns', sns(1, s3('{"key":"k"}')), 'S3'],
      ['eventbridge', eventBridge(1, sns(1, 'a')), 'SNS'],
    ] as const) {
      const one = rig()
      await sqsHandler({ ...one.base, ...keyed, envelope }, () => {})(event(body, body), one.context())
      expect(hints(one).map(({ detail }) => detail)).toEqual([
        expect.stringMatching(
          `option found looks like another envelope, of ${source}: .*PAYLOAD_MISMATCH. Open both with a function as the \`envelope\` option.`,
        ),
      ])
    }
    const plain = rig()
    await sqsHandler({ ...plain.base, ...keyed, envelope: 'sns' }, () => {})(
      event(sns(1, 'a')),
      plain.context(),
    )
    expect(hints(plain)).toEqual([])
  })

  it('makes a mismatch name the option', async () => {
    const clock = manualClock()
    const { base, context, events } = rigWith(memoryStore({ runtime: clock }), clock)
    const warn: unknown[] = []
    const note = (...line: unknown[]) => void warn.push(line)
    const logger = { info: note, warn: note, error: note }
    const handler = sqsHandler({ ...base, logger, key: () => 'k' }, () => {})
    for (const record of event(sns(1, 'a'), sns(2, 'a')).Records)
      await handler({ Records: [record] }, context())
    expect(events).toContainEqual(expect.objectContaining({ outcome: 'mismatch' }))
    expect(JSON.stringify(warn)).toContain("Set the option `envelope: 'sns'`")
  })
})
