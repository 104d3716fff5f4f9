import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkOptions } from '../../src/options/check.ts'
import { OPTION_RULES } from '../../src/options/rules.ts'
import { optionsSchema } from './options-schema.ts'
import { RIGHT, WRONG } from './values.ts'

const names = Object.keys(OPTION_RULES)

/** Options whose values are mostly of the right kind, with some wrong and some foreign. */
const options = fc
  .uniqueArray(fc.constantFrom(...names), { maxLength: 6 })
  .chain((chosen) => fc.record(Object.fromEntries(chosen.map((name) => [name, valueFor(name)]))))

function valueFor(name: string) {
  return fc.oneof(
    { weight: 20, arbitrary: fc.constantFrom(...(RIGHT[name] ?? [])) },
    { weight: 1, arbitrary: fc.constantFrom(...(WRONG[name] ?? [])) },
    { weight: 1, arbitrary: fc.anything() },
    { weight: 1, arbitrary: fc.constant(undefined) },
  )
}

const withUnknown = fc
  .tuple(options, fc.dictionary(fc.string(), fc.anything(), { maxKeys: 2 }))
  .map(([known, unknown]) => ({ ...unknown, ...known }))

describe('the zod schema and the handler’s own check', () => {
  it('give the same verdict on every right and every wrong value', () => {
    for (const name of names) {
      for (const value of RIGHT[name] ?? []) expect(accepts({ [name]: value })).toBe(true)
      for (const value of WRONG[name] ?? []) expect(accepts({ [name]: value })).toBe(false)
    }
  })

  it('give the same verdict on options with wrong values, unknown names and names that exclude each other', () => {
    const seen = { true: 0, false: 0 }
    fc.assert(
      fc.property(fc.oneof({ weight: 4, arbitrary: options }, withUnknown), (given) => {
        seen[`${accepts(given)}`]++
      }),
      { numRuns: 5_000 },
    )
    // A property that only ever meets one of the two verdicts proves nothing.
    expect(seen.true).toBeGreaterThan(500)
    expect(seen.false).toBeGreaterThan(500)
  })

  it('give the same verdict on anything at all', () => {
    fc.assert(fc.property(fc.anything({ withNullPrototype: true }), (given) => void accepts(given)))
  })

  it('count inherited names alike', () => {
    expect(accepts(Object.create({ ttl: 0 }))).toBe(false)
    expect(accepts(Object.create({ tll: 1 }))).toBe(false)
    expect(accepts(Object.create({ ttl: 1 }))).toBe(true)
  })
})

/** The verdict of both, which must be one. */
function accepts(given: unknown): boolean {
  const bySchema = optionsSchema.safeParse(given).success
  expect(checkOptions(given).length === 0).toBe(bySchema)
  return bySchema
}
