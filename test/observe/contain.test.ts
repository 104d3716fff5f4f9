import { describe, expect, it, vi } from 'vitest'
import { contain } from '../../src/observe/contain.ts'

const settled = () => new Promise((done) => setImmediate(done))
const boom = new Error('boom')

describe('a contained function', () => {
  it('is called with what it is given and returns nothing', () => {
    const call = vi.fn(() => 'returned')
    const contained: (...values: readonly [string, number]) => unknown = contain(call)
    expect(contained('a', 1)).toBeUndefined()
    expect(call.mock.calls).toEqual([['a', 1]])
  })

  it.each([null, undefined, 0, 'then', {}, Promise.resolve()])(
    'may return %s: that is no failure',
    async (returned) => {
      const failures: unknown[] = []
      contain(
        () => returned,
        (error) => failures.push(error),
      )()
      await settled()
      expect(failures).toEqual([])
    },
  )

  it('that throws hands its error on and fails nobody', () => {
    const failures: unknown[] = []
    const contained = contain(
      () => {
        throw boom
      },
      (error) => failures.push(error),
    )
    expect(contained).not.toThrow()
    expect(failures).toEqual([boom])
  })

  it('that rejects hands its error on and leaves no unhandled rejection', async () => {
    const unhandled = vi.fn()
    process.on('unhandledRejection', unhandled)
    const failures: unknown[] = []
    contain(
      async () => {
        throw boom
      },
      (error) => failures.push(error),
    )()
    contain(() => Promise.reject(boom))()
    await settled()
    await settled()
    process.off('unhandledRejection', unhandled)
    expect(failures).toEqual([boom])
    expect(unhandled).not.toHaveBeenCalled()
  })

  it('that never settles is not waited for', () => {
    expect(contain(() => new Promise(() => {}))()).toBeUndefined()
  })

  it.each([
    [
      'a getter named then that throws',
      {
        // biome-ignore lint/suspicious/noThenProperty: a broken thenable is what this is about.
        get then() {
          throw boom
        },
      },
    ],
    [
      'a then that throws',
      {
        // biome-ignore lint/suspicious/noThenProperty: a broken thenable is what this is about.
        then() {
          throw boom
        },
      },
    ],
    [
      'a then that rejects',
      {
        // biome-ignore lint/suspicious/noThenProperty: a broken thenable is what this is about.
        then(_: unknown, reject: (error: unknown) => void) {
          reject(boom)
        },
      },
    ],
    [
      'a proxy that refuses to be looked at',
      new Proxy(
        {},
        {
          has() {
            throw boom
          },
        },
      ),
    ],
  ])('may return %s', async (_, returned) => {
    const failures: unknown[] = []
    contain(
      () => returned,
      (error) => failures.push(error),
    )()
    await settled()
    expect(failures).toEqual([boom])
  })

  it('whose failure cannot be told either, fails nobody', async () => {
    const fail = () => {
      throw boom
    }
    expect(contain(fail, fail)).not.toThrow()
    contain(() => Promise.reject(boom), fail)()
    await settled()
  })
})
