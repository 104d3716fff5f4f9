import { describe, expect, it, onTestFinished, test } from 'vitest'
import * as z from 'zod'
import { sqsHandler } from '../../src/lambda/sqs-handler.ts'
import type { NoticeEvent } from '../../src/observe/events.ts'
import type { SqsMessageAttribute, SqsRecord } from '../../src/protocol/sqs-record.ts'
import { type Rig, reported, rig, settled, standard } from '../engine/rig.ts'
import { numberedEvent as sqsEvent } from '../testing/numbered-event.ts'

/** What was told of the message that was refused: outcome and the text of its error. */
function refusal({ events }: Rig): { readonly outcome: string; readonly message: string } | undefined {
  for (const event of events) {
    if (event.kind === 'message' && event.error instanceof Error)
      return { outcome: event.outcome, message: event.error.message }
  }
  return undefined
}

const numbered = (bodies: readonly string[]) =>
  sqsEvent(bodies.map((body, at) => ({ messageId: `m-${at + 1}`, body })))

/** Rejections that nobody has looked at end a process; here they are counted instead. */
function unhandled(): unknown[] {
  const seen: unknown[] = []
  const note = (reason: unknown): void => void seen.push(reason)
  const before = process.listeners('unhandledRejection')
  process.removeAllListeners('unhandledRejection')
  process.on('unhandledRejection', note)
  onTestFinished(() => {
    process.removeListener('unhandledRejection', note)
    for (const listener of before) process.on('unhandledRejection', listener)
  })
  return seen
}

const reject = (): Promise<never> => Promise.reject(new Error('not today'))

describe('a key that JSON.parse may have rounded', () => {
  const Detail = z.object({ detail: z.object({ id: z.number() }), customer: z.string().default('c') })
  const event = (...ids: readonly string[]) =>
    sqsEvent(ids.map((id, at) => ({ messageId: `m-${at + 1}`, body: `{"detail":{"id":${id}}}` })))

  it.each([
    ['9007199254740993', '9007199254740992'],
    ['1234567890123456800', '1234567890123456810'],
    ['1524831183200260097', '1524831183200260098'],
    ['-9007199254740993', '-9007199254740992'],
    ['1e21', '1e21'],
    ['0.1000000000000000055', '0.10000000000000001'],
  ])('%s and %s: both are refused, none is acknowledged for the other', async (first, second) => {
    const one = rig()
    const key = (message: { body: z.infer<typeof Detail> }) => message.body.detail.id
    const handler = sqsHandler({ ...one.base, schema: Detail, fingerprint: false, key }, () => {})
    expect(reported(await handler(event(first, second), one.context()))).toEqual(['m-1', 'm-2'])
    expect(refusal(one)).toMatchObject({
      outcome: 'key-missing',
      message: expect.stringContaining('send it as text'),
    })
    expect(JSON.stringify(refusal(one))).not.toMatch(/5248|0000000000055/)
  })

  type Detailed = z.infer<typeof Detail>
  it.each<[string, (body: Detailed) => string | number | readonly (string | number)[]]>([
    ['as a part of several', ({ customer, detail }) => [customer, detail.id]],
    ['printed into a text', ({ customer, detail }) => `${customer}/${detail.id}`],
    ['printed as a part', ({ customer, detail }) => [customer, String(detail.id)]],
    ['printed by BigInt', ({ detail }) => BigInt(detail.id).toString()],
    ['printed by toFixed', ({ detail }) => `o-${detail.id.toFixed()}`],
  ])('is refused %s', async (_name, select) => {
    const one = rig()
    const handler = sqsHandler(
      { ...one.base, schema: Detail, fingerprint: false, key: (message) => select(message.body) },
      () => {},
    )
    const response = await handler(event('1524831183200260097', '152483118320026'), one.context())
    expect(reported(response)).toEqual(['m-1'])
    expect(one.outcomes()).toEqual({ 'm-1': 'key-missing', 'm-2': 'completed' })
  })

  it('is refused where the schema prints it, or makes a number of a text', async () => {
    for (const [id, type] of [
      ['9007199254740993', z.coerce.string()],
      ['"9007199254740993"', z.coerce.number()],
    ] as const) {
      const one = rig()
      const schema = z.object({ id: type })
      const handler = sqsHandler({ ...one.base, schema, key: (message) => message.body.id }, () => {})
      expect(reported(await handler(numbered([`{"id":${id}}`]), one.context()))).toEqual(['m-1'])
      expect(one.outcomes()).toEqual({ 'm-1': 'key-missing' })
    }
  })

  it('is refused where the function parses the raw body, and the JSON in it, by itself', async () => {
    const one = rig()
    const key = (message: { body: string }) => {
      const { inner } = JSON.parse(message.body) as { inner: string }
      return `order-${(JSON.parse(inner) as { id: number }).id}`
    }
    const bodies = ['9007199254740993', '9007199254740991'].map((id) =>
      JSON.stringify({ inner: `{"id":${id}}` }),
    )
    const handler = sqsHandler({ ...one.base, fingerprint: false, key }, () => {})
    expect(reported(await handler(numbered(bodies), one.context()))).toEqual(['m-1'])
  })

  it('is no matter where another field is the key: prices, and ids sent as text', async () => {
    const one = rig()
    const schema = z.object({ id: z.string(), price: z.number() })
    const handler = sqsHandler({ ...one.base, schema, key: (message) => message.body.id }, () => {})
    const bodies = ['"9007199254740993"', '"9007199254740994"'].map(
      (id) => `{"id":${id},"price":0.10000000000000001}`,
    )
    expect(reported(await handler(numbered(bodies), one.context()))).toEqual([])
    expect(new Set(one.store.claims.map(({ id }) => id)).size).toBe(2)
  })

  it('is the one without which a selected payload is refused too', async () => {
    const one = rig()
    const fingerprint = (message: { body: Detailed }) => ({ paid: [message.body.detail] })
    const handler = sqsHandler({ ...one.base, schema: Detail, fingerprint }, () => {})
    expect(reported(await handler(event('1524831183200260097', '5'), one.context()))).toEqual(['m-1'])
    expect(refusal(one)).toEqual({
      outcome: 'invalid',
      message: expect.stringMatching(
        /the `fingerprint` option: what it selects at paid\.0\.id .*send it as text/,
      ),
    })
  })
})

describe('a name that an object gives twice', () => {
  const schema = z.object({ id: z.number() })
  const body = '{"id":1,"other":{"a":1},"id":2}'

  it('is refused where a function chooses what identifies', async () => {
    for (const options of [
      { key: (message: { body: { id: number } }) => message.body.id },
      { fingerprint: (message: { body: { id: number } }) => message.body },
    ]) {
      const one = rig()
      const handler = sqsHandler({ ...one.base, schema, ...options }, () => {})
      expect(reported(await handler(numbered([body, '{"id":2}']), one.context()))).toEqual(['m-1'])
      expect(refusal(one)).toEqual({
        outcome: 'invalid',
        message: expect.stringContaining('gives one name twice'),
      })
    }
  })

  it('is no matter where the raw body and the message id do', async () => {
    const one = rig()
    expect(
      reported(await sqsHandler({ ...one.base, schema }, () => {})(sqsEvent([body]), one.context())),
    ).toEqual([])
  })
})

describe('the idempotency-key attribute', () => {
  const record = (attribute: unknown, name = 'idempotency-key'): SqsRecord => {
    const [made] = sqsEvent([{ messageId: 'A', body: 'A' }]).Records
    if (!made) throw new Error('One record.')
    // As a local runner may give it.
    made.messageAttributes = { [name]: attribute as SqsMessageAttribute }
    return made
  }
  async function idOf(attribute: unknown): Promise<string | undefined> {
    const { base, context, store } = rig()
    await sqsHandler(base, () => {})({ Records: [record(attribute)] }, context())
    return store.claims[0]?.id
  }
  const text = (stringValue: string, dataType = 'String') => ({ stringValue, dataType })

  it('is read with the inner names of SQS too, as some local runners give them', async () => {
    const id = await idOf(text('order-7'))
    expect(id).toMatch(/^charge#/)
    expect(await idOf({ StringValue: 'order-7', DataType: 'String' })).toBe(id)
    expect(await idOf({ stringValue: 'order-7' })).toBe(id)
    expect(await idOf({ StringValue: '7.0', DataType: 'Number' })).toBe(await idOf(text('7', 'Number')))
  })

  it('of type Number counts by its value, with all of its digits', async () => {
    const ten = await idOf(text('10'))
    for (const spelled of ['10', '10.0', '1e1', '+10', '010', '0.1E2'])
      expect(await idOf(text(spelled, 'Number'))).toBe(ten)
    expect(await idOf(text('5.50', 'Number.price'))).toBe(await idOf(text('5.5', 'Number')))
    const digits = '1234567890123456789012345678901234567'
    expect(await idOf(text(`${digits}8`, 'Number'))).not.toBe(await idOf(text(`${digits}9`, 'Number')))
    expect(await idOf(text('10.0'))).not.toBe(ten)
  })

  it.each([
    ['Binary', { binaryValue: 'b3JkZXI=', dataType: 'Binary' }, 'is of type Binary'],
    ['Binary by its capital names', { BinaryValue: 'b3JkZXI=', DataType: 'Binary.png' }, 'is of type Binary'],
    ['empty', text(''), 'is empty'],
    ['without a value', { dataType: 'String' }, 'has no text value'],
    ['null', null, 'has no text value'],
    ['a bare text', 'order-7', 'has no text value'],
    ['a number where text belongs', { stringValue: 7, dataType: 'Number' }, 'has no text value'],
    ['a Number that is none', text('seven', 'Number'), 'is of type Number and is none'],
    ['a Number without end', text('1e999', 'Number'), 'is of type Number and is none'],
    ['a lone surrogate', text('\ud800'), 'is not well-formed Unicode'],
  ])('that cannot be read is missing, with the reason: %s', async (_name, attribute, reason) => {
    const one = rig()
    const response = await sqsHandler(one.base, () => {})({ Records: [record(attribute)] }, one.context())
    expect(reported(response)).toEqual(['A'])
    expect(refusal(one)).toMatchObject({ outcome: 'key-missing', message: expect.stringContaining(reason) })
    expect(refusal(one)?.message).toMatch(/Send it as text, type String or Number, or choose the key/)
  })

  it('is not looked at where the function chooses its key', async () => {
    const one = rig()
    const handler = sqsHandler({ ...one.base, key: (message) => message.body }, () => {})
    expect(reported(await handler({ Records: [record(null)] }, one.context()))).toEqual([])
  })

  it.each(['Idempotency-Key', 'idempotencyKey', 'idempotency_key', 'X-Idempotency-Key', 'IDEMPOTENCY.KEY'])(
    'by another name, %s: the message id is the key, and it is said once',
    async (name) => {
      const { base, context, events, store } = rig()
      const handler = sqsHandler(base, () => {})
      for (let call = 0; call < 2; call++) {
        const records = [record(text('order-7'), name), ...standard('B').Records]
        expect(reported(await handler({ Records: records }, context()))).toEqual([])
      }
      expect(store.claims).toHaveLength(4)
      const hints = events.filter((event): event is NoticeEvent => event.kind === 'notice')
      expect(hints).toEqual([
        expect.objectContaining({
          notice: 'key-hint',
          detail: expect.stringMatching(/looks like a key and is not named idempotency-key/),
        }),
      ])
      expect(JSON.stringify(hints)).not.toContain('order-7')
    },
  )

  it('by another name is no matter to a function that chooses its key, nor beside the right one', async () => {
    const { base, context, notices } = rig()
    const other = record(text('a'), 'idempotencyKey')
    await sqsHandler({ ...base, key: (message) => message.body }, () => {})({ Records: [other] }, context())
    const both = record(text('a'))
    both.messageAttributes['Idempotency-Key'] = text('a')
    await sqsHandler(base, () => {})({ Records: [both] }, context())
    await sqsHandler(base, () => {})({ Records: [record(text('a'), 'idempotency-keys')] }, context())
    expect(notices()).not.toContain('key-hint')
  })
})

describe('a key or fingerprint that is only promised', () => {
  it.each([
    ['a rejection', reject],
    ['a rejection among parts', () => ['a', reject(), reject()]],
    ['a rejection in a field', () => ({ a: { b: reject() } })],
    ['rejections in a Set', () => new Set([reject(), reject()])],
    ['rejections in a Map', () => new Map([['a', reject()]])],
    [
      'a thenable that rejects',
      // biome-ignore lint/suspicious/noThenProperty: a promise of another kind
      () => ({ then: (_: unknown, no: (error: Error) => void) => no(new Error('no')) }),
    ],
    [
      'a thenable that throws',
      () => ({
        // biome-ignore lint/suspicious/noThenProperty: a promise of another kind
        then() {
          throw new Error('no')
        },
      }),
    ],
    ['a promise of another realm’s making', () => Object.setPrototypeOf(reject(), Promise.prototype)],
  ])('%s: that record alone is refused, and the process lives', async (_name, give) => {
    const rejections = unhandled()
    const one = rig()
    // Transpiled, an async function cannot be told from any other at start.
    const choose = (message: { body: string }) => (message.body === 'B' ? (give() as never) : message.body)
    const event = standard('A', 'B')
    const keyed = sqsHandler({ ...one.base, key: choose }, () => {})
    expect(reported(await keyed(event, one.context()))).toEqual(['B'])
    expect(one.outcomes()).toEqual({ A: 'completed', B: 'key-missing' })
    const compared = sqsHandler({ ...one.base, fingerprint: choose }, () => {})
    expect(reported(await compared(event, one.context()))).toEqual(['B'])
    expect(one.outcomes()).toEqual({ A: 'completed', B: 'invalid' })
    await settled()
    expect(rejections).toEqual([])
  })

  it('is refused at start where it can be seen', () => {
    const { base } = rig()
    // JavaScript callers are not held back by types.
    for (const options of [
      { key: async () => 'a' },
      { fingerprint: async () => 'a' },
      { fingerprint: async function* () {} },
    ])
      expect(() => sqsHandler({ ...base, ...(options as object) }, () => {})).toThrow(
        /a function that is not async/,
      )
  })
})

test('the payload of a selector that gives what does not show its content is refused: nothing is acknowledged unrun', async () => {
  const give: Readonly<Record<string, (body: string) => unknown>> = {
    Set: (body) => new Set([body]),
    Map: (body) => new Map([[body, 1]]),
    Date: () => new Date(0),
    Uint8Array: (body) => new TextEncoder().encode(body),
    undefined: () => undefined,
    NaN: (body) => Number(body),
    function: (body) => () => body,
    symbol: (body) => Symbol(body),
  }
  for (const [name, payload] of Object.entries(give)) {
    const one = rig()
    const fingerprint = (message: { body: string }) => payload(message.body)
    const handler = sqsHandler({ ...one.base, key: () => 'one key', fingerprint }, () => {})
    expect(reported(await handler(standard('first', 'second'), one.context()))).toEqual(['first', 'second'])
    expect(refusal(one)).toEqual({
      outcome: 'invalid',
      message: expect.stringMatching(new RegExp(`(of type|is) ${name}`)),
    })
  }
})

test('what a selector throws, or a getter of what it selects, is named by its class only', async () => {
  const one = rig()
  const fingerprint = () => ({
    get secret(): never {
      throw new RangeError('card 4111')
    },
  })
  await sqsHandler({ ...one.base, fingerprint }, () => {})(standard('A'), one.context())
  expect(refusal(one)).toEqual({ outcome: 'invalid', message: expect.stringContaining('threw RangeError') })
  expect(refusal(one)?.message).not.toContain('4111')
})
