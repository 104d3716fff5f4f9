// Writes orders.ndjson: node examples/orders/generate-orders.ts > examples/orders/orders.ndjson
// Seeded: the same file every time.
import { between, fraction } from '../../test/servers/seeded.ts'
import type { Order } from './order.ts'

const SEED = 20_240_229
const ORDERS = 540
const SENT_TWICE = 36

const FIRST =
  'Ada Alan Anja Bram Carla Chen Dilara Edgar Elif Emil Farid Grace Hana Ines Ivan Jonas Kofi Lena Linus Mara Mei Nadia Noor Olga Oskar Priya Rosa Samir Tomas Yuki'.split(
    ' ',
  )
const LAST =
  'Almeida Becker Cohen Dubois Eriksen Fischer Garcia Haddad Ivanova Jansen Kowalska Lindberg Moreau Nakamura Okafor Petrov Quint Rossi Schmid Tanaka Ueda Vargas Weber Yilmaz Zhang'.split(
    ' ',
  )
const COUNTRIES = [
  ['DE', 'EUR'],
  ['FR', 'EUR'],
  ['US', 'USD'],
  ['GB', 'GBP'],
  ['CH', 'CHF'],
  ['SE', 'SEK'],
  ['PL', 'PLN'],
] as const
const CATALOGUE = [
  ['BK-0417', 'Paperback, "Distributed Systems"', 3_900],
  ['BK-0932', 'Notebook A5, dotted', 1_250],
  ['KT-1108', 'Pour-over coffee dripper', 2_490],
  ['KT-2203', 'Espresso cups, set of 4', 3_400],
  ['EL-0045', 'USB-C cable, 2 m', 1_499],
  ['EL-0718', 'Mechanical keyboard', 12_900],
  ['EL-0990', 'Noise-cancelling headphones', 24_900],
  ['GD-3301', 'Tomato seeds', 329],
  ['GD-3377', 'Pruning shears', 2_795],
  ['CL-5102', 'Wool socks, grey', 1_190],
  ['CL-5188', 'Rain jacket', 8_950],
  ['TY-6016', 'Wooden train set', 4_599],
] as const

function pick<T>(values: readonly T[], ...identity: (string | number)[]): T {
  const value = values[between(0, values.length - 1, fraction(SEED, ...identity))]
  if (value === undefined) throw new RangeError('Nothing to pick from.')
  return value
}

function order(index: number): Order {
  const at = (name: string) => fraction(SEED, name, index)
  const first = pick(FIRST, 'first', index)
  const last = pick(LAST, 'last', index)
  const [country, currency] = pick(COUNTRIES, 'country', index)
  const start = between(0, CATALOGUE.length - 1, at('product'))
  const items = Array.from({ length: between(1, 4, at('items')) }, (_, position) => {
    const [sku, name, unitCents] = CATALOGUE[(start + position * 5) % CATALOGUE.length] ?? CATALOGUE[0]
    return { sku, name, quantity: between(1, 3, fraction(SEED, 'quantity', index, position)), unitCents }
  })
  return {
    orderId: `ORD-${100_000 + index * 7}`,
    placedAt: new Date(
      Date.UTC(2024, 1, 29, 6) + index * 61_000 + between(0, 59_999, at('time')),
    ).toISOString(),
    customer: {
      id: `C-${between(1_000, 1_299, at('customer'))}`,
      name: `${first} ${last}`,
      email: `${first}.${last}@example.com`.toLowerCase(),
      country,
    },
    currency,
    items,
    totalCents: items.reduce((sum, { quantity, unitCents }) => sum + quantity * unitCents, 0),
  }
}

/** What goes wrong in a shop, each on an order of its own. */
function broken(index: number): string {
  const good = order(ORDERS + index)
  const text = JSON.stringify(good)
  const { customer: _customer, ...withoutCustomer } = good
  const { orderId: _orderId, ...withoutId } = good
  const variants = [
    text.slice(0, Math.floor(text.length * 0.6)),
    JSON.stringify({ ...good, totalCents: -good.totalCents }),
    JSON.stringify(withoutCustomer),
    JSON.stringify({ ...good, currency: 'XXX' }),
    JSON.stringify({ ...good, items: [] }),
    JSON.stringify(withoutId),
    JSON.stringify({ ...good, orderId: '' }),
    `<order id="${good.orderId}"><total>${good.totalCents}</total></order>`,
    JSON.stringify({ ...good, totalCents: good.totalCents + 1 }),
    JSON.stringify({ ...good, customer: { ...good.customer, email: 'not an address' } }),
    JSON.stringify([good]),
    'null',
  ]
  return variants[index % variants.length] ?? ''
}

const lines: { position: number; text: string }[] = []
for (let index = 0; index < ORDERS; index += 1)
  lines.push({ position: index, text: JSON.stringify(order(index)) })
for (let index = 0; index < SENT_TWICE; index += 1) {
  const which = between(0, ORDERS - 1, fraction(SEED, 'twice', index))
  // The shop's retry follows between at once and an hour later.
  lines.push({
    position: which + 0.5 + between(0, 60, fraction(SEED, 'later', index)),
    text: JSON.stringify(order(which)),
  })
}
for (let index = 0; index < 22; index += 1) {
  lines.push({ position: between(0, ORDERS, fraction(SEED, 'broken', index)) + 0.25, text: broken(index) })
}
// The same order id with another total: one of the two must be refused, whichever comes second.
for (const which of [111, 333]) {
  const original = order(which)
  const [first, ...rest] = original.items
  if (!first) continue
  const items = [{ ...first, quantity: first.quantity + 1 }, ...rest]
  const changed = { ...original, items, totalCents: original.totalCents + first.unitCents }
  lines.push({ position: which + 40.75, text: JSON.stringify(changed) })
}
lines.sort((a, b) => a.position - b.position)
process.stdout.write(`${lines.map(({ text }) => text).join('\n')}\n`)
