import middy from '@middy/core'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import * as z from 'zod'
import { eachMessage } from '../../src/lambda/each-message.ts'
import { idempotentBatch } from '../../src/lambda/idempotent-batch.ts'
import { sqsHandler } from '../../src/lambda/sqs-handler.ts'
import type { OnceEvent } from '../../src/observe/events.ts'
import { writeLine } from '../../src/observe/standard-output.ts'
import { withClock } from '../../src/runtime/with-clock.ts'
import { sqsEvent } from '../../src/testing/sqs-event.ts'
import { reported, rig, standard } from '../engine/rig.ts'

vi.mock(import('../../src/observe/standard-output.ts'), () => ({ writeLine: vi.fn() }))
beforeEach(() => void vi.mocked(writeLine).mockReset())

/** What stands on standard output, line by line. */
const written = (): Record<string, unknown>[] =>
  vi.mocked(writeLine).mock.calls.map(([line]) => JSON.parse(line))
const logged = () => written().filter((line) => 'level' in line)
const metrics = () => written().filter((line) => '_aws' in line)

/** A rig whose function writes to standard output, as by default. */
function rigOfDefaults() {
  const { base, ...rest } = rig()
  const { observer: _, logger: __, ...options } = base
  return { ...rest, options }
}

const denied = Object.assign(new Error('is not authorized to perform: dynamodb:PutItem'), {
  name: 'AccessDeniedException',
})
const client = { send: () => Promise.reject(denied) }

describe('a table that this role may not use', () => {
  const observed: OnceEvent[] = []
  const observer = (event: OnceEvent) => void observed.push(event)
  const faces = {
    sqsHandler: (more: object) => sqsHandler({ table: 'orders', namespace: 'n1', client, ...more }, () => {}),
    idempotentBatch: (more: object) =>
      middy()
        .use(idempotentBatch({ table: 'orders', namespace: 'n2', client, ...more }))
        .handler(eachMessage(() => {})),
  } as const

  it.each(['sqsHandler', 'idempotentBatch'] as const)(
    'is one error line that says what to grant, one line of metrics, and the batch returns: %s',
    async (face) => {
      const { context } = rig()
      // Middy's own type of a context has more than is needed.
      const handler = faces[face]({}) as (event: unknown, context: unknown) => Promise<unknown>
      await expect(handler(standard('A', 'B', 'C'), context())).rejects.toMatchObject({
        code: 'STORE_MISCONFIGURED',
      })
      const errors = logged().filter(({ level }) => level === 'ERROR')
      expect(errors).toMatchObject([
        { notice: 'store-refused', failure: 'StoreMisconfiguredError', detail: expect.any(String) },
      ])
      expect(errors[0]?.['detail']).toMatch(/"orders".*dynamodb:PutItem.*Grant the function's role/)
      expect(metrics()).toMatchObject([{ Messages: 3, Failures: 3, NotStarted: 3 }])
    },
  )

  it('is a notice and a batch event to an observer', async () => {
    const { context } = rig()
    const handler = faces.sqsHandler({ observer, namespace: 'n3' })
    await expect(handler(standard('A'), context())).rejects.toThrow()
    expect(observed.at(-1)).toMatchObject({ kind: 'batch', messages: 1, failures: 1 })
    expect(observed).toContainEqual(expect.objectContaining({ kind: 'notice', notice: 'store-refused' }))
  })
})

describe('what a handler throws', () => {
  const decline = () => {
    throw new RangeError('card declined')
  }

  it('stands in the log with message and first frames; the record keeps its class only', async () => {
    const { options, context, store } = rigOfDefaults()
    expect(reported(await sqsHandler(options, decline)(standard('A'), context()))).toEqual(['A'])
    expect(logged()).toMatchObject([
      {
        level: 'WARN',
        outcome: 'failed',
        messageId: 'A',
        failure: 'RangeError',
        error: { message: 'card declined' },
      },
    ])
    expect(JSON.stringify(logged()[0]?.['error'])).toMatch(/"at decline \(.*what-is-seen\.test\.ts:\d+/)
    expect(JSON.stringify(store.settlements)).toContain('"failure":"RangeError"')
    expect(JSON.stringify(store.settlements)).not.toContain('declined')
  })

  it.each([
    ['message', { name: 'RangeError', message: 'card declined' }],
    ['name', undefined],
  ] as const)('is shown as far as logErrors says: %s', async (logErrors, error) => {
    const { options, context } = rigOfDefaults()
    await sqsHandler({ ...options, logErrors }, decline)(standard('A'), context())
    expect(logged()[0]?.['error']).toEqual(error)
    expect(logged()[0]).toMatchObject({ failure: 'RangeError' })
  })

  it('is given to a logger of one’s own as it is', async () => {
    const { base, context } = rig()
    const warn = vi.fn()
    const error = new RangeError('card declined')
    const logger = { info() {}, warn, error() {} }
    await sqsHandler({ ...base, logger }, () => Promise.reject(error))(standard('A'), context())
    expect(warn.mock.calls[0]?.[1].error).toBe(error)
  })

  it('may be an error that does not let itself be looked at: failed, released, told', async () => {
    const { options, context, store, clock } = rigOfDefaults()
    const timers = new Set<() => void>()
    const after = (ms: number, callback: () => void) => {
      const cancel = clock.after(ms, () => {
        timers.delete(cancel)
        callback()
      })
      timers.add(cancel)
      return () => {
        timers.delete(cancel)
        cancel()
      }
    }
    const runtime = { ...withClock(clock, () => clock.now()), after }
    const refuse = () => {
      throw new Error('no')
    }
    const hostile = [
      Object.defineProperty(new Error('x'), 'name', { get: refuse }),
      Object.defineProperty(new Error('x'), 'stack', { get: refuse }),
      new Proxy(new Error('x'), { get: refuse, has: refuse, getPrototypeOf: refuse }),
    ]
    for (const [index, error] of hostile.entries()) {
      const handler = sqsHandler({ ...options, runtime }, () => Promise.reject(error))
      expect(reported(await handler(standard(`m-${index}`), context()))).toEqual([`m-${index}`])
    }
    expect(store.settlements.map(({ kind }) => kind)).toEqual(['release', 'release', 'release'])
    expect(logged().map(({ messageId }) => messageId)).toEqual(['m-0', 'm-1', 'm-2'])
    expect(timers.size).toBe(0)
  })
})

describe('what the function of an option throws', () => {
  const event = sqsEvent([{ messageId: 'A', body: '{"card":"4111 1111"}' }])
  const open = z.object({ card: z.string() })

  it.each([
    [
      'key',
      {
        schema: open,
        key: () => {
          throw new TypeError('no such field')
        },
      },
    ],
    [
      'fingerprint',
      {
        schema: open,
        fingerprint: () => {
          throw new TypeError('no such field')
        },
      },
    ],
    [
      'envelope',
      {
        envelope: () => {
          throw new TypeError('no such field')
        },
      },
    ],
  ])('stands in the log too: %s', async (option, more) => {
    const { options, context } = rigOfDefaults()
    await sqsHandler({ ...options, ...more }, () => {})(event, context())
    expect(logged()).toMatchObject([
      {
        level: 'ERROR',
        detail: expect.stringContaining(`the \`${option}\` option threw TypeError`),
        error: { name: 'TypeError', message: 'no such field', stack: expect.any(Array) },
      },
    ])
  })

  it('shows the path of a schema’s problem, without names that are data', async () => {
    const { options, context } = rigOfDefaults()
    const schema = z.object({ 'paid-by': z.record(z.string(), z.object({ cents: z.number() })) })
    const body = JSON.stringify({ 'paid-by': { 'card 4111 1111': { cents: 'x' } } })
    const long = JSON.stringify({ 'paid-by': { ['4'.repeat(5_000)]: { cents: 'x' } } })
    const handler = sqsHandler({ ...options, schema }, () => {})
    await handler(sqsEvent([{ body }, { body: long }]), context())
    for (const { detail } of logged()) expect(detail).toContain('does not fit the schema at paid-by.….cents')
  })

  it('never stands there for a schema, nor do its issues or the body', async () => {
    const { options, context } = rigOfDefaults()
    const refuse = (validate: () => never) =>
      ({ '~standard': { version: 1, vendor: 'own', validate } }) as const
    const throwing = refuse(() => {
      throw new Error('got 4111 1111')
    })
    const literal = z.object({ card: z.string().refine(() => false, { error: 'not 4111 1111' }) })
    await sqsHandler({ ...options, schema: throwing }, () => {})(event, context())
    await sqsHandler({ ...options, schema: literal }, () => {})(event, context())
    await sqsHandler({ ...options, schema: literal }, () => {})(standard('card 4111'), context())
    const refused = logged().filter(({ outcome }) => outcome === 'invalid')
    expect(refused).toHaveLength(3)
    for (const { detail, error } of refused) {
      expect(error).toBeUndefined()
      expect(detail).not.toContain('4111')
    }
  })
})

describe('ids and names from outside', () => {
  it.each([
    ['control characters', '\u009b31m\u007f\u0085'],
    ['line ends of Unicode', 'a\u2028b\u2029'],
    ['5,000 characters', 'x'.repeat(5_000)],
  ])('are escaped and shortened in the log: %s', async (_name, messageId) => {
    const { options, context } = rigOfDefaults()
    const handler = sqsHandler(options, () => Promise.reject(new Error(messageId)))
    await handler(sqsEvent([{ messageId, body: '' }]), context())
    const [line = ''] = vi.mocked(writeLine).mock.calls[0] ?? []
    expect(line).not.toMatch(/[\u007f-\u009f\u2028\u2029]/)
    const shown = messageId.length > 256 ? `${'x'.repeat(255)}…` : messageId
    expect(JSON.parse(line)).toMatchObject({ messageId: shown, error: { message: shown } })
  })
})
