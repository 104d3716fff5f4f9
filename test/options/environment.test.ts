import { describe, expect, it } from 'vitest'
import { ConfigError } from '../../src/errors/config-error.ts'
import { resolveOptions } from '../../src/options/resolve.ts'
import type { Settings } from '../../src/options/settings.ts'

/** What makes of an environment, and what is wrong with it. Nothing else is wrong with the options. */
function read(env: Record<string, string>, options = {}): { settings?: Settings; problems: string[] } {
  try {
    return { settings: resolveOptions(options, env), problems: [] }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return {
      problems: error.message
        .split('\n')
        .slice(1)
        .map((line) => line.replace('- ', '')),
    }
  }
}

const namespace = 'charge'
const table = 'orders'

describe('the environment', () => {
  it('gives the table', () => {
    expect(read({ ONCEKIT_TABLE: 'orders' }, { namespace }).settings?.target).toMatchObject({ table })
  })

  it('without a table says what to give', () => {
    expect(read({}, { namespace }).problems).toEqual([
      'Option "table" or "store" is missing. Give it, or set ONCEKIT_TABLE.',
    ])
  })

  it.each(['', 'ab', 'a table', 'x'.repeat(256)])('refuses the table %j by its variable', (given) => {
    const [problem, ...others] = read({ ONCEKIT_TABLE: given }, { namespace }).problems
    expect(problem).toMatch(/^Environment variable ONCEKIT_TABLE is ".*"\. Allowed: the name of a table, /)
    expect(others).toEqual([])
  })

  it('gives the namespace, else the name of the function', () => {
    const AWS_LAMBDA_FUNCTION_NAME = 'charge'
    expect(read({ AWS_LAMBDA_FUNCTION_NAME }, { table }).settings?.namespace).toBe('charge')
    const both = { AWS_LAMBDA_FUNCTION_NAME, ONCEKIT_NAMESPACE: 'own' }
    expect(read(both, { table }).settings?.namespace).toBe('own')
  })

  it('without a namespace says what to give', () => {
    expect(read({}, { table }).problems).toEqual([
      'Option "namespace" is missing. Give it, or set ONCEKIT_NAMESPACE.',
    ])
  })

  it('names the variable that is wrong: its own or Lambda’s', () => {
    expect(read({ ONCEKIT_NAMESPACE: 'a#b' }, { table }).problems).toEqual([
      expect.stringContaining('ONCEKIT_NAMESPACE is "a#b"'),
    ])
    expect(read({ AWS_LAMBDA_FUNCTION_NAME: 'a b' }, { table }).problems).toEqual([
      expect.stringContaining('AWS_LAMBDA_FUNCTION_NAME is "a b"'),
    ])
  })

  it('does not fall back on the function’s name when the namespace is set but empty', () => {
    const env = { ONCEKIT_NAMESPACE: '', AWS_LAMBDA_FUNCTION_NAME: 'charge' }
    expect(read(env, { table }).problems).toEqual([expect.stringContaining('ONCEKIT_NAMESPACE is ""')])
  })

  it('gives the window in milliseconds from whole seconds', () => {
    const ttl = (env: Record<string, string>) => read(env, { table, namespace }).settings?.ttlMs
    expect(ttl({ ONCEKIT_TTL: '864000' })).toBe(864_000_000)
    expect(ttl({ ONCEKIT_TTL: '315360000' })).toBe(315_360_000_000)
    expect(ttl({})).toBe(1_209_600_000)
  })

  it.each(['', '0', '-5', '1.5', '14d', ' 5', '1e3', '0x10', 'NaN', '315360001', '9'.repeat(400)])(
    'refuses the window %j',
    (given) => {
      const { problems } = read({ ONCEKIT_TTL: given }, { table, namespace })
      expect(problems).toHaveLength(1)
      expect(problems[0]).toMatch(
        /^Environment variable ONCEKIT_TTL is ".*"\. Allowed: whole seconds, up to ten years\.$/,
      )
    },
  )
})
