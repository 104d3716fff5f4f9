import type { Scenario } from '../scenario.ts'

/** What a handler returns after its effect: none of it may undo or repeat the effect. All subjects store results. */
export const results: readonly Scenario[] = [
  result('result-bigint', 'the handler returns a BigInt', () => ({ cents: 1999n })),
  result('result-date', 'the handler returns an object with a Date in it', () => ({ chargedAt: new Date() })),
  result('result-class', 'the handler returns an instance of a class', () => new Receipt('r-1')),
  result('result-undefined', 'the handler returns an object with an undefined property', () => ({
    receipt: 'r-1',
    coupon: undefined,
  })),
  result('result-circular', 'the handler returns a circular object', () => {
    const order: Record<string, unknown> = { id: 'r-1' }
    order['self'] = order
    return order
  }),
  result('result-too-large', 'the handler returns 500 KB; a DynamoDB item holds 400', () => ({
    pdf: 'x'.repeat(500_000),
  })),
  result('result-throws', 'the handler returns an object whose getter throws', () => ({
    get receipt() {
      throw new Error('not loaded')
    },
  })),
]

class Receipt {
  readonly id: string
  constructor(id: string) {
    this.id = id
  }
}

function result(name: string, title: string, value: () => unknown): Scenario {
  return {
    name,
    title,
    settings: { storeResult: true },
    async play(stage) {
      const message = stage.message()
      const host = stage.host(async (call) => {
        stage.effect(call)
        return value()
      })
      await host.deliver([message])
      await stage.drain([message], { host, rounds: 3 })
      // Delivered once more, as SQS may.
      await host.deliver([message])
      return stage.judge([message])
    },
  }
}
