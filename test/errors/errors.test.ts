import { describe, expect, it, test } from 'vitest'
import { ConfigError } from '../../src/errors/config-error.ts'
import { InProgressError } from '../../src/errors/in-progress-error.ts'
import { isOncekitError } from '../../src/errors/is-oncekit-error.ts'
import { KeyMissingError } from '../../src/errors/key-missing-error.ts'
import { LeaseLostError } from '../../src/errors/lease-lost-error.ts'
import { MessageInvalidError } from '../../src/errors/message-invalid-error.ts'
import { OncekitError } from '../../src/errors/oncekit-error.ts'
import { PayloadMismatchError } from '../../src/errors/payload-mismatch-error.ts'
import { isPermanentError, PermanentError } from '../../src/errors/permanent-error.ts'
import { PoisonedError } from '../../src/errors/poisoned-error.ts'
import { RecordUnknownError } from '../../src/errors/record-unknown-error.ts'
import { ResultTooLargeError } from '../../src/errors/result-too-large-error.ts'
import { StoreMisconfiguredError } from '../../src/errors/store-misconfigured-error.ts'
import { StoreUnavailableError } from '../../src/errors/store-unavailable-error.ts'

const cause = new Error('below')
const ALL = [
  [new ConfigError('it is wrong', { cause }), 'CONFIG', 'ConfigError'],
  [new KeyMissingError('the key is null'), 'KEY_MISSING', 'KeyMissingError'],
  [new MessageInvalidError('it is not JSON', { cause }), 'MESSAGE_INVALID', 'MessageInvalidError'],
  [new PayloadMismatchError(), 'PAYLOAD_MISMATCH', 'PayloadMismatchError'],
  [new InProgressError('leased until noon'), 'IN_PROGRESS', 'InProgressError'],
  [new LeaseLostError('the record is gone'), 'LEASE_LOST', 'LeaseLostError'],
  [new PoisonedError('TypeError'), 'POISONED', 'PoisonedError'],
  [new StoreUnavailableError('throttled', { cause }), 'STORE_UNAVAILABLE', 'StoreUnavailableError'],
  [new StoreMisconfiguredError('no table', { cause }), 'STORE_MISCONFIGURED', 'StoreMisconfiguredError'],
  [new RecordUnknownError('schemaVersion 2'), 'RECORD_UNKNOWN', 'RecordUnknownError'],
  [new ResultTooLargeError(70_000, 65_536), 'RESULT_TOO_LARGE', 'ResultTooLargeError'],
] as const

describe.each(ALL)('%s', (error, code, name) => {
  it(`has the code ${code} and the name ${name}, and is recognised by them`, () => {
    expect(error).toBeInstanceOf(OncekitError)
    expect(error).toMatchObject({ code, name })
    expect(String(error)).toBe(`${name}: ${error.message}`)
    expect(isOncekitError(error)).toBe(true)
    expect(isOncekitError(error, code)).toBe(true)
  })

  it('is recognised by no other code', () => {
    for (const [, other] of ALL) expect(isOncekitError(error, other)).toBe(other === code)
  })
})

test('a cause that is given is kept', () => {
  for (const [error] of ALL) expect([undefined, cause]).toContain(error.cause)
  expect(new ConfigError('wrong', { cause }).cause).toBe(cause)
})

test('what a user needs is in the message: the detail and what to do', () => {
  expect(new KeyMissingError('the key is null').message).toMatch(/the key is null.*`key` option/)
  expect(new PoisonedError('TypeError').message).toMatch(/was given up after TypeError\. Send it again/)
  expect(new PoisonedError(undefined).message).toMatch(/was given up\. Send it again/)
  expect(new ResultTooLargeError(70_000, 65_536).message).toMatch(
    /70000 bytes; at most 65536 .*storeResult\.maxBytes/,
  )
})

describe('an error of another copy of the package', () => {
  it('is recognised by its code, not by its class', () => {
    const foreign = Object.assign(new Error('from elsewhere'), { code: 'LEASE_LOST' })
    expect(isOncekitError(foreign)).toBe(true)
    expect(isOncekitError(foreign, 'LEASE_LOST')).toBe(true)
    expect(isOncekitError(foreign, 'CONFIG')).toBe(false)
  })

  it.each([
    [Object.assign(new Error('socket'), { code: 'ECONNRESET' })],
    [Object.assign(new Error('inherited'), { code: 'toString' })],
    [Object.assign(new Error('number'), { code: 7 })],
    [{ code: 'CONFIG' }],
    [new Error('plain')],
    [null],
  ])('%s is none of ours', (value) => {
    expect(isOncekitError(value)).toBe(false)
  })
})

describe('what does not let itself be looked at', () => {
  const refuse = () => {
    throw new Error('no')
  }
  it.each([
    ['a code that throws', Object.defineProperty(new Error('x'), 'code', { get: refuse })],
    ['a proxy that throws', new Proxy(new Error('x'), { getPrototypeOf: refuse, has: refuse })],
  ])('is none of ours, and throws nothing: %s', (_name, error) => {
    expect(isOncekitError(error)).toBe(false)
    expect(isOncekitError(error, 'CONFIG')).toBe(false)
  })
})

test('a refusal carries what the function of an option has thrown, and nothing where none has', () => {
  const thrown = new TypeError('theirs')
  expect(new KeyMissingError('it threw', undefined, { thrown }).thrown).toBe(thrown)
  expect(new MessageInvalidError('it threw', { thrown }).thrown).toBe(thrown)
  for (const Refusal of [KeyMissingError, MessageInvalidError])
    expect(new Refusal('it is empty')).not.toHaveProperty('thrown')
})

test('a permanent error is one by its name, and no error of ours', () => {
  expect(isPermanentError(new PermanentError('closed account'))).toBe(true)
  expect(isPermanentError(Object.assign(new Error('copy'), { name: 'PermanentError' }))).toBe(true)
  expect(isPermanentError(new Error('PermanentError'))).toBe(false)
  expect(isPermanentError({ name: 'PermanentError' })).toBe(false)
  expect(isOncekitError(new PermanentError('closed account'))).toBe(false)
})
