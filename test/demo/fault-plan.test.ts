import { describe, expect, test } from 'vitest'
import { demoFaults, summarise } from '../../examples/orders/demo/fault-plan.ts'
import { readLines } from '../../examples/orders/demo/input.ts'

describe('the fault plan', async () => {
  const lines = await readLines(undefined)

  test('is the same for the same seed and another for another', () => {
    expect(summarise(demoFaults(4, true), lines)).toEqual(summarise(demoFaults(4, true), lines))
    expect(summarise(demoFaults(4, true), lines).digest).not.toBe(
      summarise(demoFaults(5, true), lines).digest,
    )
  })

  test('holds faults of every kind for the orders of the example', () => {
    for (let seed = 0; seed < 50; seed += 1) {
      const { digest: _digest, ...counts } = summarise(demoFaults(seed, true), lines)
      for (const [kind, count] of Object.entries(counts)) {
        expect(count, `${kind} of seed ${seed}`).toBeGreaterThan(0)
        expect(count, `${kind} of seed ${seed}`).toBeLessThan(100)
      }
    }
  })

  test('does not change for a message when others are added', () => {
    const plan = demoFaults(9, true)
    const numbers = lines.map(({ number }) => plan.killAfter(number))
    expect(lines.toReversed().map(({ number }) => plan.killAfter(number))).toEqual(numbers.toReversed())
  })

  test('is empty without faults', () => {
    const { digest: _digest, ...counts } = summarise(demoFaults(4, false), lines)
    expect(Object.values(counts)).toEqual([0, 0, 0, 0, 0])
  })
})

test('the example holds at least 500 distinct orders, some sent twice, some invalid', async () => {
  const lines = await readLines(undefined)
  const orders = lines.flatMap(({ order }) => order ?? [])
  const distinct = new Set(orders.map(({ orderId }) => orderId))
  expect(distinct.size).toBeGreaterThanOrEqual(500)
  expect(orders.length - distinct.size).toBeGreaterThanOrEqual(20)
  expect(lines.length - orders.length).toBeGreaterThanOrEqual(20)
  expect(new Set(orders.map(({ currency }) => currency)).size).toBe(6)
})
