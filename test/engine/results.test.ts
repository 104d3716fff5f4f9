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
    ['a class: its own fields', new Money(1_999), '{"currency":"EUR","cents":1999}'],
    ['NaN: null, as JSON has it', NaN, 'null'],
    ['undefined: nothing to store', undefined, undefined],
    ['a field that is undefined', { a: undefined, b: 1 }, '{"b":1}'],
    ['a date', new Date(0), '"1970-01-01T00:00:00.000Z"'],
    ['a name that is a trap', JSON.parse('{"__proto__": 1}'), '{"__proto__":1}'],
  ])('stores %s', async (_name, result, text) => {
    expect(await complete(result)).toEqual({ stored: text, notice: undefined })
  })

  it.each([
    ['circular', circle(), 'unserialisable'],
    ['a BigInt', { cents: 10n }, 'unserialisable'],
    ['with a toJSON that throws', throwing, 'unserialisable'],
    ['a function', () => {}, 'unserialisable'],
    ['a symbol', Symbol('x'), 'unserialisable'],
    ['too big', 'x'.repeat(65_536), 'too-large'],
  ])('drops a result that is %s, warns, and the completion stands', async (_name, result, reason) => {
    const { stored, notice } = await complete(result)
    expect(stored).toBeUndefined()
    expect(notice).toMatchObject({ notice: 'result-dropped', reason, messageId: 'A', maxBytes: 65_536 })
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
    expect((await complete(1, { storeResult: { serialize: bytes } })).stored).toBeUndefined()
    expect((await complete(1, { storeResult: { serialize: bad } })).notice).toMatchObject({
      reason: 'unserialisable',
    })
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
