import { describe, expect, it } from 'vitest'
import { sqsHandler } from '../../src/lambda/sqs-handler.ts'
import type { Message } from '../../src/protocol/message.ts'
import { reported, rig } from '../engine/rig.ts'
import { numberedEvent as sqsEvent } from '../testing/numbered-event.ts'

/** The message that a handler gets, with these attributes in the record. */
async function received(messageAttributes: unknown): Promise<Message<string>> {
  const { base, context } = rig()
  const messages: Message<string>[] = []
  const event = sqsEvent([{ messageId: 'A', body: 'body', sentAt: 5, groupId: 'g' }])
  for (const record of event.Records) Object.assign(record, { messageAttributes })
  const handler = sqsHandler(base, (message) => {
    messages.push(message)
  })
  expect(reported(await handler(event, context()))).toEqual([])
  const [message] = messages
  if (!message) throw new Error('It ran.')
  return message
}

const number = (stringValue: string) => ({ n: { stringValue, dataType: 'Number' } })

describe('a Number attribute', () => {
  it.each([
    ['5.50', 5.5],
    ['1250800.0', 1250800],
    ['1e3', 1000],
    ['10', 10],
    ['-0.0', 0],
    ['0.1', 0.1],
    ['1e-7', 1e-7],
    ['9007199254740991', 9007199254740991],
    ['9007199254740991.0', 9007199254740991],
  ])('%s is the number %d', async (text, value) => {
    expect((await received(number(text))).attributes).toEqual({ n: value })
  })

  it.each([
    ['9007199254740993', '9007199254740993'],
    ['9007199254740992', '9007199254740992'],
    ['9007199254740993.0', '9007199254740993'],
    ['1e38', `1${'0'.repeat(38)}`],
    ['0.1000000000000000055', '0.1000000000000000055'],
    ['0.10000000000000000550', '0.1000000000000000055'],
    ['12345678901234567890123456789012345678', '12345678901234567890123456789012345678'],
  ])('%s is text, in full: a double does not hold it exactly', async (text, value) => {
    expect((await received(number(text))).attributes).toEqual({ n: value })
  })

  it('that is none stays as it was sent', async () => {
    for (const text of ['seven', '', '0x10', 'NaN', '1e999'])
      expect((await received(number(text))).attributes).toEqual({ n: text })
  })
})

describe('attributes', () => {
  it('are read with the inner names of SQS too', async () => {
    const { attributes } = await received({
      s: { StringValue: 'x', DataType: 'String.custom' },
      n: { StringValue: '2.0', DataType: 'Number' },
      b: { BinaryValue: 'AQI=', DataType: 'Binary' },
    })
    expect(attributes).toEqual({ s: 'x', n: 2, b: Buffer.from([1, 2]) })
  })

  it.each([
    ['none', undefined],
    ['null', null],
    ['a text', 'none'],
    ['an array', []],
    [
      'unreadable ones',
      {
        a: null,
        b: undefined,
        c: 'bare',
        d: 5,
        e: {},
        f: { dataType: 'Binary' },
        g: { dataType: 7, stringValue: 7 },
        h: { dataType: 'Binary', binaryValue: 7 },
      },
    ],
  ])('never throw: %s', async (_name, given) => {
    const { attributes } = await received(given)
    for (const value of Object.values(attributes)) expect(typeof value).toBe('string')
    expect(Object.keys(attributes).filter((name) => /^[a-h]$/.test(name))).toEqual([])
  })
})

describe('a copy of a message', () => {
  const given = { id: { stringValue: 'x', dataType: 'String' } }

  it('has all of it: `{ ...message }`, Object.assign, structuredClone, JSON', async () => {
    const message = await received(given)
    const all = {
      messageId: 'A',
      body: 'body',
      attributes: { id: 'x' },
      envelope: undefined,
      groupId: 'g',
      receiveCount: 1,
      sentAt: 5,
      record: message.record,
      key: 'A',
    }
    expect({ ...message }).toStrictEqual(withNoPrototype(all))
    expect(Object.assign({}, message)).toEqual(all)
    expect(structuredClone(message)).toEqual(all)
    expect(JSON.parse(JSON.stringify(message))).toEqual(JSON.parse(JSON.stringify(all)))
    for (const name of Object.keys(all)) expect(Object.hasOwn(message, name)).toBe(true)
  })

  it('may be changed without changing the message', async () => {
    const message = await received(given)
    const copy = { ...message, attributes: { other: 1 }, body: 7 }
    expect(copy.attributes).toEqual({ other: 1 })
    expect(message.attributes).toEqual({ id: 'x' })
  })

  it('reads the same attributes each time, also of a message that is frozen or inherited from', async () => {
    const message = await received(given)
    const heir: Message<string> = Object.create(message)
    expect(heir.attributes).toEqual({ id: 'x' })
    expect(message.attributes).toBe(message.attributes)
    const frozen = Object.freeze(await received(given))
    expect(frozen.attributes).toEqual({ id: 'x' })
    expect(frozen.attributes).toEqual({ id: 'x' })
  })
})

/** Attributes have no prototype: one may be called anything. */
function withNoPrototype<All extends { attributes: object }>(all: All): All {
  return { ...all, attributes: Object.assign(Object.create(null), all.attributes) }
}
