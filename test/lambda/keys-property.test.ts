import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sqsHandler } from '../../src/lambda/sqs-handler.ts'
import type { StandardSchemaV1 } from '../../src/options/standard-schema.ts'
import type { Unwrapped } from '../../src/protocol/envelopes.ts'
import type { KeyPart } from '../../src/protocol/message.ts'
import { KEY_MESSAGE_ATTRIBUTE } from '../../src/protocol/names.ts'
import { rig } from '../engine/rig.ts'
import { numberedEvent as sqsEvent } from '../testing/numbered-event.ts'
import { canonical, type Document, member, pairs, type Said } from './json-documents.ts'

const RUNS = { numRuns: 3_000 }

/** Takes any JSON as it is. */
const anything: StandardSchemaV1<unknown, Body> = {
  '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value: value as Body }) },
}

interface Body {
  readonly id?: unknown
  readonly sub?: { readonly a?: unknown; readonly b?: unknown } | null
  readonly list?: readonly unknown[]
}

/** What a function of the user's selects of a body, and what the same selects of the text. */
interface Selector {
  readonly name: string
  of(body: Body): unknown
  said(said: Said): readonly (Said | undefined)[]
}

const id: Selector = { name: 'id', of: (body) => body.id, said: (said) => [member(said, 'id')] }
const SELECTORS: readonly Selector[] = [
  id,
  {
    name: 'a nested field',
    of: (body) => body.sub?.a,
    said: (said) => [member(member(said, 'sub'), 'a')],
  },
  {
    name: 'several',
    of: (body) => [body.id ?? null, body.sub?.b ?? null],
    said: (said) => [nothingIsNull(member(said, 'id')), nothingIsNull(member(member(said, 'sub'), 'b'))],
  },
]
/** A key may be a text in which the field is printed: the field was parsed before. */
const PRINTED: Selector = {
  name: 'a printed field',
  of: (body) => (typeof body.id === 'number' ? `order-${body.id}` : body.id),
  said: id.said,
}
const WHOLE: Selector = { name: 'the whole body', of: (body) => body, said: (said) => [said] }
const FIELDS: Selector = {
  name: 'fields, some missing',
  of: (body) => ({ id: body.id, list: body.list, always: 1 }),
  said: (said) => [member(said, 'id'), member(said, 'list')],
}

function nothingIsNull(said: Said | undefined): Said {
  return said ?? { kind: 'scalar', value: null }
}

interface Identity {
  readonly id: string
  readonly fingerprint: string | undefined
}

/** The same, written again: what is beyond all numbers is null there. */
const WRITTEN: Selector = {
  name: 'a body that is written again',
  of: (body) => JSON.stringify(body),
  said: WHOLE.said,
}

/** What a function with these options takes for the identity of a body; `undefined`: it refuses it. */
async function identityOf(body: string, options: object): Promise<Identity | undefined> {
  const { base, context, store } = rig()
  await sqsHandler({ ...base, ...options }, () => {})(sqsEvent([{ messageId: 'm', body }]), context())
  const [claim] = store.claims
  return claim && { id: claim.id, fingerprint: claim.fingerprint }
}

async function check(
  [a, b]: readonly [Document, Document],
  selector: Selector,
  optionsOf: (select: (body: Body) => unknown) => object,
  part: keyof Identity,
): Promise<void> {
  const options = optionsOf((body) => selector.of(body))
  const [one, other] = [await identityOf(a.text, options), await identityOf(b.text, options)]
  if (!one || !other) return
  const says = ({ said }: Document) => selector.said(said).map(canonical).join(' | ')
  expect(one[part] === other[part], `${a.text}   ${b.text}`).toBe(says(a) === says(b))
}

for (const selector of [...SELECTORS, PRINTED]) {
  test(`property: two bodies that differ in ${selector.name} never get one key`, async () => {
    const options = (select: (body: Body) => unknown) => ({
      schema: anything,
      fingerprint: false,
      key: (message: { body: Body }) => select(message.body),
    })
    await fc.assert(
      fc.asyncProperty(pairs, (bodies) => check(bodies, selector, options, 'id')),
      RUNS,
    )
  })
}

for (const selector of [...SELECTORS, WHOLE, FIELDS]) {
  test(`property: two bodies that differ in ${selector.name} never get one fingerprint`, async () => {
    const options = (select: (body: Body) => unknown) => ({
      schema: anything,
      fingerprint: (message: { body: Body }) => select(message.body),
    })
    await fc.assert(
      fc.asyncProperty(pairs, (bodies) => check(bodies, selector, options, 'fingerprint')),
      RUNS,
    )
  })
}

test('property: and so it is where the function parses the raw body itself, if no name is given twice', async () => {
  const options = (select: (body: Body) => unknown) => ({
    fingerprint: false,
    key: (message: { body: string }) => select(JSON.parse(message.body)),
  })
  const once = ({ said }: Document) => !canonical(said).includes('"twice ')
  await fc.assert(
    fc.asyncProperty(
      pairs.filter((bodies) => bodies.every(once)),
      fc.constantFrom(...SELECTORS, PRINTED),
      (bodies, selector) => check(bodies, selector, options, 'id'),
    ),
    RUNS,
  )
})

/** Two that differ are two, whichever spelling one has. */
async function neverOne(
  [a, b]: readonly [Document, Document],
  { said }: Selector,
  optionsOf: () => object,
): Promise<void> {
  const says = (document: Document) => said(document.said).map(canonical).join(' | ')
  if (says(a) === says(b)) return
  const [one, other] = [await identityOf(a.text, optionsOf()), await identityOf(b.text, optionsOf())]
  if (one && other) expect(one, `${a.text}   ${b.text}`).not.toEqual(other)
}

/** Ways to get at an envelope's inside that parse it all. */
const OPENERS: Readonly<Record<string, (body: Body) => Unwrapped>> = {
  'writes the body again': (body) => ({ body: JSON.stringify(body), key: 'k' }),
  'gives a part as the key': (body) => ({ body: '', key: body.id as KeyPart }),
  'prints a part in the key': (body) => ({ body: '', key: ['order', JSON.stringify(body.id)] }),
  // An attribute that is a number and one that is its text are one key, as they are in SQS.
  'gives a number as the attribute': ({ id }) => ({
    body: '',
    attributes: typeof id === 'number' ? { [KEY_MESSAGE_ATTRIBUTE]: id } : {},
    key: JSON.stringify(id),
  }),
}

for (const [name, open] of Object.entries(OPENERS)) {
  test(`property: two bodies that differ never get one identity by an envelope function that ${name}`, async () => {
    const envelope = ({ body }: { body: string }) => open(JSON.parse(body))
    const once = ({ said }: Document) => !canonical(said).includes('"twice ')
    await fc.assert(
      fc.asyncProperty(
        pairs.filter((bodies) => bodies.every(once)),
        (bodies) => neverOne(bodies, name.includes('again') ? WHOLE : id, () => ({ envelope })),
      ),
      RUNS,
    )
  })
}

test('property: two bodies that differ never get one fingerprint of a text that is written again', async () => {
  const options = () => ({
    schema: anything,
    key: () => 'k',
    fingerprint: (message: { body: Body }) => WRITTEN.of(message.body),
  })
  await fc.assert(
    fc.asyncProperty(pairs, (bodies) => neverOne(bodies, WRITTEN, options)),
    RUNS,
  )
})

test('property: nor where the body stands as a text in another, whatever stands before it', async () => {
  const wrapped = (lead: string, { text, said }: Document) => ({
    text: JSON.stringify({ inner: lead + text }),
    said,
  })
  const options = () => ({
    schema: anything,
    fingerprint: false,
    key: (message: { body: { inner?: string } }) => [
      'k',
      JSON.stringify(JSON.parse((message.body.inner ?? '').replace('\ufeff', '')).id),
    ],
  })
  const once = ({ said }: Document) => !canonical(said).includes('"twice ')
  await fc.assert(
    fc.asyncProperty(
      pairs.filter((bodies) => bodies.every(once)),
      fc.constantFrom('', ' ', '\n', '\ufeff', '\t '),
      ([a, b], lead) => neverOne([wrapped(lead, a), wrapped(lead, b)], id, options),
    ),
    RUNS,
  )
})

test('property: a body that is sent again byte for byte has the identity that it had, or is refused again', async () => {
  const ways: readonly object[] = [
    { schema: anything, key: (message: { body: Body }) => id.of(message.body) },
    { schema: anything, key: () => 'k', fingerprint: (message: { body: Body }) => message.body },
    { key: () => 'k' },
    { envelope: ({ body }: { body: string }) => ({ body: JSON.stringify(JSON.parse(body)), key: 'k' }) },
  ]
  await fc.assert(
    fc.asyncProperty(pairs, fc.constantFrom(...ways), async ([{ text }], options) => {
      expect(await identityOf(text, { ...options })).toEqual(await identityOf(text, { ...options }))
    }),
    RUNS,
  )
})

test('the bodies that are tried are often accepted, both, equal or not, and often refused', async () => {
  const seen = { equal: 0, different: 0, refused: 0 }
  const options = { schema: anything, key: (message: { body: Body }) => message.body.id }
  for (const [a, b] of fc.sample(pairs, { numRuns: 1_000, seed: 1 })) {
    const [one, other] = [await identityOf(a.text, options), await identityOf(b.text, options)]
    if (!one || !other) seen.refused++
    else if (one.id === other.id) seen.equal++
    else seen.different++
  }
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(20)
})
