import { describe, expect, it } from 'vitest'
import { namespaceFrom, tableFrom, ttlFrom } from '../../src/options/environment.ts'

/** What a reader returns and complains about. */
function read<Value>(
  from: (env: Record<string, string>, problems: string[]) => Value,
  env: Record<string, string>,
): { value: Value; problems: string[] } {
  const problems: string[] = []
  return { value: from(env, problems), problems }
}

describe('the environment', () => {
  it('gives the table', () => {
    expect(read(tableFrom, { ONCEKIT_TABLE: 'orders' })).toEqual({ value: 'orders', problems: [] })
  })

  it('without a table says what to give', () => {
    expect(read(tableFrom, {}).problems).toEqual([
      'Option "table" or "store" is missing. Give it, or set ONCEKIT_TABLE.',
    ])
  })

  it.each(['', 'ab', 'a table', 'x'.repeat(256)])('refuses the table %j by its variable', (given) => {
    const [problem, ...others] = read(tableFrom, { ONCEKIT_TABLE: given }).problems
    expect(problem).toMatch(/^Environment variable ONCEKIT_TABLE is ".*"\. Allowed: text like /)
    expect(others).toEqual([])
  })

  it('gives the namespace, else the name of the function', () => {
    const AWS_LAMBDA_FUNCTION_NAME = 'charge'
    expect(read(namespaceFrom, { AWS_LAMBDA_FUNCTION_NAME }).value).toBe('charge')
    expect(read(namespaceFrom, { AWS_LAMBDA_FUNCTION_NAME, ONCEKIT_NAMESPACE: 'own' }).value).toBe('own')
  })

  it('without a namespace says what to give', () => {
    expect(read(namespaceFrom, {}).problems).toEqual([
      'Option "namespace" is missing. Give it, or set ONCEKIT_NAMESPACE.',
    ])
  })

  it('names the variable that is wrong: its own or Lambda’s', () => {
    expect(read(namespaceFrom, { ONCEKIT_NAMESPACE: 'a#b' }).problems[0]).toContain(
      'ONCEKIT_NAMESPACE is "a#b"',
    )
    expect(read(namespaceFrom, { AWS_LAMBDA_FUNCTION_NAME: 'a b' }).problems[0]).toContain(
      'AWS_LAMBDA_FUNCTION_NAME is "a b"',
    )
  })

  it('does not fall back on the function’s name when the namespace is set but empty', () => {
    const env = { ONCEKIT_NAMESPACE: '', AWS_LAMBDA_FUNCTION_NAME: 'charge' }
    expect(read(namespaceFrom, env).problems[0]).toContain('ONCEKIT_NAMESPACE is ""')
  })

  it('gives the window in milliseconds from whole seconds', () => {
    expect(read(ttlFrom, { ONCEKIT_TTL: '1209600' })).toEqual({ value: 1_209_600_000, problems: [] })
    expect(read(ttlFrom, { ONCEKIT_TTL: '315360000' }).problems).toEqual([])
    expect(read(ttlFrom, {})).toEqual({ value: undefined, problems: [] })
  })

  it.each(['', '0', '-5', '1.5', '14d', ' 5', '1e3', '0x10', 'NaN', '315360001', '9'.repeat(400)])(
    'refuses the window %j',
    (given) => {
      const { value, problems } = read(ttlFrom, { ONCEKIT_TTL: given })
      expect(value).toBeUndefined()
      expect(problems).toHaveLength(1)
      expect(problems[0]).toMatch(
        /^Environment variable ONCEKIT_TTL \(seconds\) is ".*"\. Allowed: a whole number from 1 to 315360000\.$/,
      )
    },
  )
})
