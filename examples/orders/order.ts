import * as z from 'zod'

const Item = z.object({
  sku: z.string().min(1),
  name: z.string().min(1),
  quantity: z.int().positive(),
  /** Price of one, in the currency's smallest unit. */
  unitCents: z.int().positive(),
})

/** An order as the shop sends it. Amounts are in the currency's smallest unit. */
export const Order = z
  .object({
    orderId: z.string().regex(/^ORD-\d{6}$/),
    placedAt: z.iso.datetime(),
    customer: z.object({
      id: z.string().min(1),
      name: z.string().min(1),
      email: z.email(),
      country: z.string().length(2),
    }),
    currency: z.enum(['EUR', 'USD', 'GBP', 'CHF', 'SEK', 'PLN']),
    items: z.array(Item).min(1),
    totalCents: z.int().positive(),
  })
  .refine(
    ({ items, totalCents }) =>
      totalCents === items.reduce((sum, { quantity, unitCents }) => sum + quantity * unitCents, 0),
    {
      path: ['totalCents'],
      error: 'is not the sum of the items',
    },
  )

export type Order = z.infer<typeof Order>
