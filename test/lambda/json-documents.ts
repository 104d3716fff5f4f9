import fc from 'fast-check'

/** A JSON document as its text says it, losing nothing: numbers as exact integers, every member of an object. */
export type Said =
  | { readonly kind: 'scalar'; readonly value: string | boolean | null }
  | { readonly kind: 'number'; readonly units: bigint }
  | { readonly kind: 'list'; readonly items: readonly Said[] }
  | { readonly kind: 'object'; readonly members: readonly (readonly [name: string, value: Said])[] }

/** A text, and what it says. */
export interface Document {
  readonly text: string
  readonly said: Said
}

/** Numbers are counted in units of 10^-60, so that each here is a whole one. */
const SCALE = 60

/** Whole numbers around the ends of what a double holds, and fractions around what it gives back. */
const NEAR = [0n, 1n, 10n, 1524831183200260097n, 1524831183200260098n, 1n << 62n]
const whole = fc.oneof(
  fc.constantFrom(...NEAR),
  fc.bigInt({ min: (1n << 53n) - 3n, max: (1n << 53n) + 3n }),
  fc.bigInt({ min: -3n, max: 3n }),
  fc.bigInt({ min: 10n ** 37n, max: 10n ** 37n + 9n }),
)
const digits = fc.oneof(
  whole.map((value) => [value, 0] as const),
  // 0.1 and what is nearer to it than the next double.
  fc.constantFrom(
    [1n, -1],
    [1000000000000000055n, -19],
    [10000000000000001n, -17],
    [10000000000000002n, -17],
  ),
  fc.constantFrom([100000000000000000001n, -20], [90071992547409905n, -1], [3n, -40], [5n, 21]),
  // Beyond all that a double holds: Infinity, which JSON writes as null.
  fc.constantFrom([1n, 400], [2n, 400]),
) as fc.Arbitrary<readonly [bigint, number]>

/** One number in one of its spellings: plain, with zeros behind the point, with an exponent, negative zero. */
const number: fc.Arbitrary<Document> = fc
  .record({
    digits,
    negative: fc.boolean(),
    zeros: fc.integer({ min: 0, max: 3 }),
    power: fc.constantFrom('', 'e', 'E'),
  })
  .map(({ digits: [absolute, exponent], negative, zeros, power }) => {
    const value = negative ? -absolute : absolute
    const sign = negative ? '-' : ''
    const all = absolute < 0n ? -absolute : absolute
    const minus = absolute < 0n !== negative ? '-' : ''
    const said: Said = { kind: 'number', units: value * 10n ** BigInt(exponent + SCALE) }
    if (power !== '' || exponent > 0) {
      const shifted = exponent - zeros
      return { text: `${minus}${all}${'0'.repeat(zeros)}${power || 'e'}${shifted}`, said }
    }
    if (exponent === 0) return { text: `${minus}${all}${zeros > 0 ? `.${'0'.repeat(zeros)}` : ''}`, said }
    const padded = String(all).padStart(1 - exponent, '0')
    const point = padded.length + exponent
    return {
      text: `${sign && minus}${padded.slice(0, point)}.${padded.slice(point)}${'0'.repeat(zeros)}`,
      said,
    }
  })

/** Texts that a sloppy comparison takes for one: composed and decomposed, lone surrogates, digits. */
const TEXTS = [
  '',
  'a',
  'é',
  'e\u0301',
  '\ud800',
  '\udc00',
  '\ufffd',
  '1',
  '0.1',
  '9007199254740992',
  '__proto__',
  '\u0000object',
]
const string = (text: fc.Arbitrary<string>): fc.Arbitrary<readonly [spelled: string, text: string]> =>
  fc
    .tuple(text, fc.boolean())
    .map(([value, escaped]) => [
      escaped
        ? `"${Array.from({ length: value.length }, (_, at) => `\\u${value.charCodeAt(at).toString(16).padStart(4, '0')}`).join('')}"`
        : JSON.stringify(value),
      value,
    ])

const said = (text: string, value: string | boolean | null): Document => ({
  text,
  said: { kind: 'scalar', value },
})

const scalar: fc.Arbitrary<Document> = fc.oneof(
  { weight: 4, arbitrary: number },
  { weight: 2, arbitrary: string(fc.constantFrom(...TEXTS)).map(([text, value]) => said(text, value)) },
  { weight: 1, arbitrary: fc.constantFrom(true, false, null).map((value) => said(String(value), value)) },
)

const space = fc.constantFrom('', '', ' ', '\n\t')

type Member = readonly [name: readonly [spelled: string, text: string], value: Document, gap: string]

/** Members of these names; a name comes twice in a few. */
function object(value: fc.Arbitrary<Document>, names: readonly string[]): fc.Arbitrary<Document> {
  const one = fc.tuple(string(fc.constantFrom(...names)), value, space)
  const many = fc.oneof(
    { weight: 9, arbitrary: fc.uniqueArray(one, { maxLength: 4, selector: ([[, name]]) => name }) },
    { weight: 1, arbitrary: fc.array(one, { maxLength: 4 }) },
  )
  return many.map(written)
}

function written(members: readonly Member[]): Document {
  return {
    text: `{${members.map(([[name], { text }, gap]) => `${gap}${name}${gap}:${gap}${text}${gap}`).join()}}`,
    said: { kind: 'object', members: members.map(([[, name], { said }]) => [name, said]) },
  }
}

function list(value: fc.Arbitrary<Document>): fc.Arbitrary<Document> {
  return fc.tuple(fc.array(value, { maxLength: 3 }), space).map(([items, gap]) => ({
    text: `[${items.map(({ text }) => `${gap}${text}${gap}`).join()}]`,
    said: { kind: 'list', items: items.map(({ said }) => said) },
  }))
}

const inner = fc.oneof(
  { weight: 4, arbitrary: scalar },
  list(scalar),
  object(scalar, ['a', 'b', '__proto__', '10', '9']),
)

const field = fc.oneof(
  { weight: 3, arbitrary: scalar },
  list(inner),
  object(inner, ['a', 'b', '__proto__', 'toString']),
)
const named = (name: string, value: fc.Arbitrary<Document>) =>
  fc.tuple(string(fc.constant(name)), value, space)

/** Bodies of orders, as no decent producer writes them. */
const body: fc.Arbitrary<readonly Member[]> = fc
  .tuple(
    named('id', field),
    named('sub', object(inner, ['a', 'b', '__proto__'])),
    fc.array(fc.oneof(named('list', list(inner)), named('__proto__', field), named('id', scalar)), {
      maxLength: 1,
    }),
  )
  .map(([id, sub, rest]) => [id, sub, ...rest])

/** Two bodies: of each other's making in all but one member, or strangers. */
export const pairs: fc.Arbitrary<readonly [Document, Document]> = fc
  .tuple(body, body, fc.integer({ min: 0, max: 4 }), fc.boolean())
  .map(([one, other, at, backwards]) => {
    const second =
      at === 4 ? other : one.map((member, index) => (index === at ? (other[index] ?? member) : member))
    return [written(one), written(backwards ? [...second].reverse() : second)]
  })

/** A text that is the same exactly for documents that say the same but for the order of members. */
export function canonical(said: Said | undefined): string {
  if (said === undefined) return 'missing'
  switch (said.kind) {
    case 'scalar':
      return JSON.stringify(said.value)
    case 'number':
      return `#${said.units}`
    case 'list':
      return `[${said.items.map(canonical).join()}]`
    case 'object': {
      const names = [...new Set(said.members.map(([name]) => name))].sort()
      return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(member(said, name))}`).join()}}`
    }
  }
}

/** What an object says under a name; a name that is given twice says both. */
export function member(said: Said | undefined, name: string): Said | undefined {
  if (said?.kind !== 'object') return undefined
  const values = said.members.flatMap(([given, value]) => (given === name ? [value] : []))
  return values.length > 1
    ? { kind: 'object', members: values.map((value, at) => [`twice ${at}`, value]) }
    : values[0]
}
