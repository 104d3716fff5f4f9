import { afterEach, describe, expect, it, vi } from 'vitest'
import * as z from 'zod'
import { ConfigError } from '../../src/errors/config-error.ts'
import { newCounts } from '../../src/observe/counts.ts'
import { emfLine } from '../../src/observe/emf.ts'
import type { OnceEvent } from '../../src/observe/events.ts'
import { writeLine } from '../../src/observe/standard-output.ts'
import { resolveOptions } from '../../src/options/resolve.ts'
import { systemRuntime } from '../../src/runtime/system.ts'
import type { RecordStore } from '../../src/store/contract.ts'
import { messageEvent, NOTICES } from '../observe/samples.ts'

vi.mock('../../src/observe/standard-output.ts', () => ({ writeLine: vi.fn() }))

const ENV = { ONCEKIT_TABLE: 'records', ONCEKIT_NAMESPACE: 'charge' }
const store: RecordStore = { claim: async () => [], settle: async () => [] }
const batch: OnceEvent = {
  kind: 'batch',
  namespace: 'charge',
  counts: newCounts(),
  messages: 1,
  failures: 0,
  durationMs: 5,
}

/** The message of the ConfigError that the options lead to. */
function refusal(options: object, env: Record<string, string> = ENV): string {
  try {
    // Wrong on purpose: the check exists for callers without types.
    resolveOptions(options as never, env)
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError)
    return (error as ConfigError).message
  }
  return expect.fail('nothing was refused')
}

afterEach(() => {
  vi.restoreAllMocks()
  vi.mocked(writeLine).mockReset()
  vi.unstubAllEnvs()
})

describe('settings', () => {
  it('come from the environment and the documented defaults when no option is given', () => {
    const settings = resolveOptions({}, ENV)
    expect(settings).toMatchObject({
      target: { table: 'records', client: undefined },
      namespace: 'charge',
      ttlMs: 14 * 86_400_000,
      key: undefined,
      schema: undefined,
      fingerprint: 'body',
      concurrency: 10,
      fifo: 'group',
      maxAttempts: Infinity,
      onStoreUnavailable: 'fail',
      clockErrorMs: 1_000,
      marginMs: 2_000,
      leaseGraceMs: 1_000,
      deadlineReserveMs: 1_500,
      storeResult: false,
      logErrors: 'stack',
      runtime: systemRuntime,
      warnings: [],
    })
    expect(Object.isFrozen(settings)).toBe(true)
  })

  it('read the environment of the process at the call, not before', () => {
    vi.stubEnv('ONCEKIT_TABLE', 'late-table')
    vi.stubEnv('ONCEKIT_NAMESPACE', 'late')
    vi.stubEnv('ONCEKIT_TTL', '864000')
    expect(resolveOptions({})).toMatchObject({
      target: { table: 'late-table' },
      namespace: 'late',
      ttlMs: 864_000_000,
    })
  })

  it('take every option as given', () => {
    const given = {
      namespace: 'own',
      ttl: '20d',
      schema: z.object({ id: z.string() }),
      key: () => 'key',
      fingerprint: () => 'print',
      concurrency: 3,
      fifo: 'batch',
      maxAttempts: 4,
      onStoreUnavailable: 'run',
      clockErrorMs: 500,
      leaseGraceMs: 0,
      deadlineReserveMs: 100,
      logErrors: 'message',
    } as const
    const { ttl: _, ...same } = given
    expect(resolveOptions({ ...given, table: 'orders' }, ENV)).toMatchObject({
      ...same,
      target: { table: 'orders' },
      ttlMs: 20 * 86_400_000,
      marginMs: 1_000,
    })
  })

  it('take no fingerprint as an answer', () => {
    expect(resolveOptions({ fingerprint: false }, ENV).fingerprint).toBe(false)
  })

  it('prefer the option to the environment, whose unused values are not looked at', () => {
    const env = { ONCEKIT_TABLE: '!', ONCEKIT_NAMESPACE: '!', ONCEKIT_TTL: '!' }
    expect(resolveOptions({ table: 'orders', namespace: 'own', ttl: '5d' }, env)).toMatchObject({
      target: { table: 'orders' },
      namespace: 'own',
      ttlMs: 5 * 86_400_000,
    })
  })

  it('use the store given, and no table then, not even the environment’s', () => {
    expect(resolveOptions({ store }, ENV).target).toEqual({ store })
    expect(resolveOptions({ store }, { ONCEKIT_NAMESPACE: 'charge' }).target).toEqual({ store })
  })

  it('complete the storing of results', () => {
    const all = resolveOptions({ storeResult: true }, ENV).storeResult
    if (!all) return expect.fail('results are stored')
    expect(all.maxBytes).toBe(65_536)
    expect(all.serialize).toBeUndefined()
    const own = resolveOptions({ storeResult: { maxBytes: 9, serialize: () => 's' } }, ENV).storeResult
    expect(own).toMatchObject({ maxBytes: 9 })
    if (!own) return expect.fail('results are stored')
    expect(own.serialize?.(1)).toBe('s')
  })

  it('carry the warning about a window that messages outlive', () => {
    expect(resolveOptions({ ttl: '2d' }, ENV).warnings).toMatchObject([{ notice: 'window' }])
    expect(resolveOptions({ ttl: '2d', key: () => 'k' }, ENV).warnings).toEqual([])
    expect(resolveOptions({ ttl: 14, key: () => 'k' }, ENV).warnings).toMatchObject([
      { notice: 'window', detail: expect.stringContaining('is 14s, less than a day') },
    ])
  })

  it('carry a warning for an option that the environment contradicts, with both values', () => {
    const env = { ...ENV, ONCEKIT_TABLE: 'orders-idempotency', ONCEKIT_TTL: '1555200' }
    const { warnings, ttlMs } = resolveOptions({ table: 'orders', ttl: '14d' }, env)
    expect(ttlMs).toBe(14 * 86_400_000)
    expect(warnings.map(({ notice }) => notice)).toEqual(['options', 'options'])
    expect(warnings[0]?.detail).toContain(
      'Option "table" is "orders", and the environment\'s ONCEKIT_TABLE is "orders-idempotency"',
    )
    expect(warnings[1]?.detail).toContain(
      'Option "ttl" is "14d", and the environment\'s ONCEKIT_TTL is "1555200"',
    )
  })
})

describe('options that cannot work', () => {
  it('are refused once, with every problem in the list', () => {
    const message = refusal({ tll: '14d', concurrency: 0 }, { ONCEKIT_TABLE: '!', ONCEKIT_TTL: '2w' })
    expect(message.split('\n')).toEqual([
      'oncekit cannot start:',
      expect.stringContaining('- Option "tll" is unknown: did you mean "ttl"?'),
      expect.stringContaining('- Option "concurrency" is 0.'),
      expect.stringContaining('- Environment variable ONCEKIT_TABLE is "!".'),
      expect.stringContaining('- Option "namespace" is missing.'),
      expect.stringContaining('- Environment variable ONCEKIT_TTL is "2w".'),
    ])
  })

  it('carry the code CONFIG', () => {
    expect(() => resolveOptions({}, {})).toThrow(
      expect.objectContaining({ code: 'CONFIG', name: 'ConfigError' }),
    )
  })

  it('include a window shorter than grace, reserve and margin, with 4.5 s by default', () => {
    expect(refusal({ ttl: '4499ms' })).toContain('at least the lease and its margin, 4.5s')
    expect(() => resolveOptions({ ttl: '4500ms' }, ENV)).not.toThrow()
    expect(refusal({}, { ...ENV, ONCEKIT_TTL: '4' })).toContain('The window (ttl) is 4s')
    expect(refusal({ ttl: '2m', clockErrorMs: 60_000 })).toContain('122.5s')
  })

  it('include a table and a store together, and neither of them', () => {
    expect(refusal({ store, table: 'orders' })).toContain('"store" excludes "table"')
    expect(refusal({}, { ONCEKIT_NAMESPACE: 'charge' })).toContain('Option "table" or "store" is missing')
  })

  it('are refused without arithmetic on what is no number', () => {
    for (const wrong of [5n, Symbol('s'), 'x', null, {}]) {
      const message = refusal({
        clockErrorMs: wrong,
        leaseGraceMs: wrong,
        deadlineReserveMs: wrong,
        ttl: wrong,
      })
      expect(message.split('\n')).toHaveLength(5)
    }
  })

  it('include options that are no object', () => {
    for (const wrong of [null, 'orders', 5, []])
      expect(refusal(wrong as never)).toContain('The options object is')
  })
})

describe('those who listen', () => {
  it('are by default metrics and a log on standard output, stamped by the injected clock', () => {
    const lines: string[] = []
    vi.mocked(writeLine).mockImplementation((line) => lines.push(line))
    const runtime = { ...systemRuntime, now: () => 1_700_000_000_000 }
    const { observe, log } = resolveOptions({ runtime }, ENV)
    observe(batch)
    log('warn', 'careful', { id: 'x' })
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({
        _aws: expect.objectContaining({ Timestamp: 1_700_000_000_000 }),
        Messages: 1,
      }),
      { id: 'x', level: 'WARN', message: 'careful', timestamp: '2023-11-14T22:13:20.000Z' },
    ])
  })

  it('write by default one line per batch and nothing for messages and notices', () => {
    const lines: string[] = []
    vi.mocked(writeLine).mockImplementation((line) => lines.push(line))
    const { observe } = resolveOptions({ runtime: { ...systemRuntime, now: () => 5 } }, ENV)
    observe(messageEvent('completed'))
    for (const notice of NOTICES) observe(notice)
    expect(lines).toEqual([])
    observe(batch)
    expect(lines).toEqual([emfLine(batch, 5)])
  })

  it('write no metrics by default where ONCEKIT_METRICS is off; an observer of one’s own sees them', () => {
    const seen: OnceEvent[] = []
    const env = { ...ENV, ONCEKIT_METRICS: 'off' }
    resolveOptions({}, env).observe(batch)
    expect(writeLine).not.toHaveBeenCalled()
    resolveOptions({ observer: (event) => seen.push(event) }, env).observe(batch)
    expect(seen).toEqual([batch])
    resolveOptions({}, { ...ENV, ONCEKIT_METRICS: 'on' }).observe(batch)
    expect(writeLine).toHaveBeenCalledTimes(1)
    expect(() => resolveOptions({}, { ...ENV, ONCEKIT_METRICS: '0' })).toThrow(
      'Environment variable ONCEKIT_METRICS is "0". Allowed: "on" or "off".',
    )
  })

  it('can be switched off', () => {
    const { observe, log } = resolveOptions({ observer: false, logger: false }, ENV)
    observe(batch)
    log('error', 'nobody hears', {})
    expect(writeLine).not.toHaveBeenCalled()
  })

  it('can be the user’s own: the observer in place of the metrics, the logger with its own this', () => {
    const seen: OnceEvent[] = []
    class Memory {
      lines: unknown[] = []
      info() {}
      warn(...line: unknown[]) {
        this.lines.push(line)
      }
      error() {}
    }
    const logger = new Memory()
    const { observe, log } = resolveOptions({ observer: (event) => seen.push(event), logger }, ENV)
    observe(batch)
    log('warn', 'careful', { id: 'x' })
    expect(seen).toEqual([batch])
    expect(logger.lines).toEqual([['careful', { id: 'x' }]])
    expect(writeLine).not.toHaveBeenCalled()
  })

  it('cannot fail their caller; an observer that does is named once, by the class of its error alone', async () => {
    const lines: unknown[] = []
    const logger = {
      info() {},
      warn(...line: unknown[]) {
        lines.push(line)
        throw new Error('disk full')
      },
      error() {},
    }
    const observer = async () => {
      throw new TypeError('secret')
    }
    const { observe, log } = resolveOptions({ observer, logger }, ENV)
    observe(batch)
    await new Promise((done) => setImmediate(done))
    expect(lines).toHaveLength(1)
    observe(batch)
    await new Promise((done) => setImmediate(done))
    expect(lines).toEqual([['The observer failed. No outcome is affected.', { failure: 'TypeError' }]])
    expect(() => log('warn', 'again', {})).not.toThrow()
  })
})
