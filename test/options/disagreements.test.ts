import { describe, expect, it } from 'vitest'
import { disagreements } from '../../src/options/disagreements.ts'

const ARN = 'arn:aws:dynamodb:eu-central-1:123456789012:table/orders'

describe('an option and its environment variable', () => {
  it.each([
    [{ table: 'orders' }, { ONCEKIT_TABLE: 'mails' }],
    [{ table: 'orders' }, { ONCEKIT_TABLE: 'my-orders' }],
    [{ table: ARN }, { ONCEKIT_TABLE: 'rders' }],
    [{ ttl: '14d' }, { ONCEKIT_TTL: '1555200' }],
    [{ ttl: 14 }, { ONCEKIT_TTL: '1209600' }],
    [{ ttl: '14d' }, { ONCEKIT_TTL: 'soon' }],
  ])('that disagree are told with both values: %j and %j', (given, env) => {
    const [sentence = '', ...more] = disagreements(given, env)
    expect(more).toEqual([])
    for (const [option, value] of Object.entries(given))
      expect(sentence).toContain(`Option "${option}" is ${JSON.stringify(value).slice(0, 40)}`)
    for (const [name, value] of Object.entries(env)) expect(sentence).toContain(`${name} is "${value}"`)
    expect(sentence).toMatch(/the option counts\. .*leave the option out/)
  })

  it.each([
    [{}, { ONCEKIT_TABLE: 'orders', ONCEKIT_TTL: '14' }],
    [{ table: 'orders', ttl: '14d' }, {}],
    [{ table: 'orders' }, { ONCEKIT_TABLE: '' }],
    [{ table: 'orders' }, { ONCEKIT_TABLE: 'orders' }],
    [{ table: ARN }, { ONCEKIT_TABLE: 'orders' }],
    [{ table: 'orders' }, { ONCEKIT_TABLE: ARN }],
    [{ ttl: '14d' }, { ONCEKIT_TTL: '1209600' }],
    [{ ttl: 1_209_600 }, { ONCEKIT_TTL: '1209600' }],
    [{ ttl: undefined }, { ONCEKIT_TTL: '1' }],
  ])('that agree are not: %j and %j', (given, env) => {
    expect(disagreements(given, env)).toEqual([])
  })
})
