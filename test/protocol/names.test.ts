import { describe, expect, it, test } from 'vitest'
import {
  ENVIRONMENT,
  FUNCTION_NAME_VARIABLE,
  KEY_MESSAGE_ATTRIBUTE,
  NAMESPACE_PATTERN,
  NAMESPACE_SEPARATOR,
  SCHEMA_VERSION,
  TABLE_KEY,
  TTL_ATTRIBUTE,
} from '../../src/protocol/names.ts'

test('the names that tables, policies, producers and deployed functions rely on do not change', () => {
  expect({ TABLE_KEY, TTL_ATTRIBUTE, SCHEMA_VERSION, NAMESPACE_SEPARATOR }).toEqual({
    TABLE_KEY: 'id',
    TTL_ATTRIBUTE: 'ttl',
    SCHEMA_VERSION: 1,
    NAMESPACE_SEPARATOR: '#',
  })
  expect(ENVIRONMENT).toEqual({
    table: 'ONCEKIT_TABLE',
    namespace: 'ONCEKIT_NAMESPACE',
    ttl: 'ONCEKIT_TTL',
    metrics: 'ONCEKIT_METRICS',
  })
  expect(FUNCTION_NAME_VARIABLE).toBe('AWS_LAMBDA_FUNCTION_NAME')
  expect(KEY_MESSAGE_ATTRIBUTE).toBe('idempotency-key')
})

describe('a namespace', () => {
  it.each(['a', '7', '.', '_', '-', 'Charge.orders_v2-eu', 'x'.repeat(64)])('may be %j', (namespace) => {
    expect(NAMESPACE_PATTERN.test(namespace)).toBe(true)
  })

  it.each(['', 'x'.repeat(65), '#orders', 'orders#', 'or ders', 'orders\n', 'é'])(
    'may not be %j',
    (namespace) => {
      expect(NAMESPACE_PATTERN.test(namespace)).toBe(false)
    },
  )
})
