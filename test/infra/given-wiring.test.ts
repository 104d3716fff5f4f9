import { describe, expect, it } from 'vitest'
import { checkWiring, LEASE_DEFAULTS } from '../../infra/wiring.ts'
import { thrown } from './test-stack.ts'

/** As a template's values or JavaScript give it. */
const check = (wiring: unknown) => checkWiring(wiring as never)

describe('a wiring that is given by other tools', () => {
  it.each<[unknown, string]>([
    [undefined, 'checkWiring: it is given undefined. Allowed: an object of fifo, queueName, '],
    [null, 'checkWiring: it is given null.'],
    ['x', 'checkWiring: it is given "x".'],
    [{ timeout: 30 }, 'checkWiring: "timeout" is unknown: did you mean "timeoutMs"? Allowed: fifo, '],
    [{ toString: 30 }, 'checkWiring: "toString" is unknown'],
    [{ timeoutMs: '30000' }, 'checkWiring: timeoutMs is "30000". Allowed: a number, not a text of one.'],
    [{ timeoutMs: NaN }, 'checkWiring: timeoutMs is NaN. Allowed: a number'],
    [{ fifo: 'true' }, 'checkWiring: fifo is "true". Allowed: true or false.'],
    [{ runtime: 22 }, 'checkWiring: runtime is 22. Allowed: text.'],
    [
      { partialResponse: 'ReportBatchItemFailures' },
      'partialResponse is "ReportBatchItemFailures". Allowed: true or false.',
    ],
    [
      { throughputLimit: 'perGroup' },
      'throughputLimit is "perGroup". Allowed: "perQueue" or "perMessageGroupId".',
    ],
    [{ deadLetter: 'arn' }, 'deadLetter is "arn". Allowed: an object, or null: there is none.'],
    [{ deadLetter: { retention: 5 } }, 'deadLetter: "retention" is unknown: did you mean "retentionMs"?'],
    [{ pollers: 5 }, 'pollers is 5. Allowed: an object.'],
    [{ pollers: { minimum: '2' } }, 'pollers: minimum is "2". Allowed: a number'],
  ])('is refused where a check would never be made: %o', (wiring, text) => {
    const { name, message } = thrown(() => check(wiring))
    expect(name).toBe('ConfigError')
    expect(message).toContain(text)
  })

  it('has all its problems told at once', () => {
    expect(
      thrown(() => check({ timeout: 1, fifo: 1, pollers: { min: 1 } })).message.split('\n'),
    ).toHaveLength(3)
  })

  it('may leave out anything, and say so by undefined', () => {
    expect(check({})).toEqual([])
    expect(check({ ...LEASE_DEFAULTS, timeoutMs: undefined, deadLetter: undefined })).toEqual([])
    expect(check({ deadLetter: null, pollers: {} }).map(({ id }) => id)).toEqual(['dead-letter-present'])
  })
})
