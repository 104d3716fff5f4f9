import { describe, expect, it } from 'vitest'
import { sqsHandler } from '../../src/lambda/sqs-handler.ts'
import type { Options } from '../../src/options/options.ts'
import { reported, rig, standard } from './rig.ts'

class Money {
  readonly currency = 'EUR'
  readonly cents: number
  constructor(cents: number) {
    this.cents = cents
  }
  get major(): number {
    return this.cents / 100
  }
}

function circle(): object {
  const self: { me?: object } = {}
  self.me = self
  return self
}

const throwing = {
  toJSON() {
    throw new Error('not today')
  },
}

/** Completes one message with a result and returns what was stored with the completion, and the notices. */
async function complete(result: unknown, options: Pick<Options, 'storeResult'> = { storeResult: true }) {
  const { base, context, store, events, outcomes } = rig()
  const response = await sqsHandler({ ...base, ...options }, () => result)(standard('A'), context())
  // A completed effect never fails because of its result.
  expect(reported(response)).toEqual([])
  expect(outcomes()).toEqual({ A: 'completed' })
  const [settlement] = store.settlements
  if (settlement?.kind !== 'complete') throw new Error('not completed')
  return { stored: settlement.result, notice: events.find(({ kind }) => kind === 'notice') }
}

describe('storeResult', () => {
  it('is off by default: nothing is serialised and nothing stored', async () => {
    expect(await complete(throwing, {})).toEqual({ stored: undefined, notice: undefined })
    expect(await complete({ id: 1 }, { storeResult: false })).toEqual({
      stored: undefined,
      notice: undefined,
    })
  })

  it.each([
    ['an object', { id: 'A-1', lines: [1, 2] }, '{"id":"A-1","lines":[1,2]}'],
    ['a string', 'done', '"done"'],
    ['null', null, 'null'],
    ['zero', 0, '0'],
    ['false', false, 'false'],
    ['undefined: nothing to store', undefined, undefined],
    ['a name that is a trap', JSON.parse('{"__proto__": 1}'), '{"__proto__":1}'],
  ])('stores %s', async (_name, result, text) => {
    expect(await complete(result)).toEqual({ stored: text, notice: undefined })
  })

  it.each([
    ['circular', circle(), 'me', 'an object that contains itself'],
    ['a BigInt', { cents: 10n }, 'cents', 'of type bigint'],
    ['with a toJSON that throws', throwing, 'toJSON', 'of type function'],
    ['a function', () => {}, '', 'of type function'],
    ['a symbol', Symbol('x'), '', 'of type symbol'],
    ['an instance', { price: new Money(1_999) }, 'price', 'of type Money'],
    ['NaN', NaN, '', 'NaN'],
    ['with a field that is undefined', { b: 1, lines: [{ a: undefined }] }, 'lines[0].a', 'undefined'],
    ['with a Date', { at: new Date(0) }, 'at', 'of type Date'],
    ['with a Map', { by: new Map() }, 'by', 'of type Map'],
  ])(
    'drops a result that is %s, names the place, and the completion stands',
    async (_name, result, path, type) => {
      const { stored, notice } = await complete(result)
      expect(stored).toBeUndefined()
      expect(notice).toMatchObject({
        notice: 'result-dropped',
        reason: 'not-exact',
        messageId: 'A',
        path,
        type,
      })
    },
  )

  it('drops a result that is too big, says how big it is, and the completion stands', async () => {
    const { stored, notice } = await complete('x'.repeat(65_535))
    expect(stored).toBeUndefined()
    expect(notice).toMatchObject({ reason: 'too-large', bytes: 65_537, maxBytes: 65_536 })
    expect((await complete('x'.repeat(65_534))).stored).toHaveLength(65_536)
  })

  it('counts bytes, not characters', async () => {
    const { stored, notice } = await complete('€'.repeat(30), { storeResult: { maxBytes: 60 } })
    expect(stored).toBeUndefined()
    expect(notice).toMatchObject({ reason: 'too-large', bytes: 92, maxBytes: 60 })
    expect((await complete('e'.repeat(58), { storeResult: { maxBytes: 60 } })).stored).toHaveLength(60)
  })

  it('takes the option’s own way to serialise', async () => {
    const serialize = (result: unknown) => `v1:${String(result)}`
    expect((await complete(10n, { storeResult: { serialize } })).stored).toBe('v1:10')
    const bad = () => {
      throw new Error('no')
    }
    // A serialiser of the user's may return something else than text.
    const bytes = () => Buffer.from('1') as never
    const dropped = await complete(1, { storeResult: { serialize: bytes } })
    expect(dropped.stored).toBeUndefined()
    expect(dropped.notice).toMatchObject({ reason: 'unserialisable', type: 'of type Buffer' })
    const nothing = await complete(1, { storeResult: { serialize: () => undefined } })
    expect(nothing).toEqual({ stored: undefined, notice: undefined })
    expect((await complete(1, { storeResult: { serialize: bad } })).notice).toMatchObject({
      reason: 'unserialisable',
    })
  })

  it('lets go of a promise that the option’s own way returns: its rejection ends nothing', async () => {
    const unhandled: unknown[] = []
    const hear = (reason: unknown) => void unhandled.push(reason)
    process.on('unhandledRejection', hear)
    try {
      const serialize = () => Promise.reject(new Error('late')) as never
      const { stored, notice } = await complete(1, { storeResult: { serialize } })
      expect(stored).toBeUndefined()
      expect(notice).toMatchObject({ reason: 'unserialisable', type: 'a promise, not what it resolves to' })
      await new Promise((resolve) => setTimeout(resolve, 20))
      expect(unhandled).toEqual([])
    } finally {
      process.off('unhandledRejection', hear)
    }
  })

  it('stores nothing of a failed attempt', async () => {
    const { base, context, store } = rig()
    await sqsHandler({ ...base, storeResult: true }, () => Promise.reject({ secret: 1 }))(
      standard('A'),
      context(),
    )
    expect(store.settlements).toMatchObject([{ kind: 'release', failure: 'object' }])
    expect(JSON.stringify(store.settlements)).not.toContain('secret')
  })
})
