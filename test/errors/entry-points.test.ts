import { expect, it } from 'vitest'

// By their addresses: what is built has no types before it is built, and those of the source are the same.
const load = (path: string) => import(new URL(`../../dist/src/${path}`, import.meta.url).href)
const { ConfigError, isOncekitError }: typeof import('../../src/index.ts') = await load('index.js')
const { sqsEvent }: typeof import('../../src/testing/index.ts') = await load('testing/index.js')

function thrownBy(call: () => unknown): unknown {
  try {
    call()
  } catch (error) {
    return error
  }
  return undefined
}

it('an error of one entry point is recognised by another, though its class is another there', () => {
  const error = thrownBy(() => sqsEvent([], { fifo: true, queueName: 'orders' }))
  expect(error).not.toBeInstanceOf(ConfigError)
  expect(isOncekitError(error)).toBe(true)
  expect(isOncekitError(error, 'CONFIG')).toBe(true)
  expect(isOncekitError(error, 'KEY_MISSING')).toBe(false)
  expect(error).toMatchObject({ name: 'ConfigError', code: 'CONFIG' })
})
