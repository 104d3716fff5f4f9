import { describe, expect, it, test } from 'vitest'
import { manualClock } from '../../src/testing/index.ts'

const START = Date.UTC(2026, 0, 1)

describe('a manual clock', () => {
  it('stands still until it is told otherwise', async () => {
    const clock = manualClock()
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect([clock.now(), clock.monotonic()]).toEqual([START, 0])
    await clock.advance(1_500)
    expect([clock.now(), clock.monotonic()]).toEqual([START + 1_500, 1_500])
  })

  it('fires timers in the order in which they fall due, each at its own time', async () => {
    const clock = manualClock({ now: 0 })
    const fired: string[] = []
    const note = (name: string) => () => fired.push(`${name} at ${clock.now()}`)
    clock.after(30, note('c'))
    clock.after(10, note('a'))
    clock.after(10, note('b'))
    clock.after(31, note('later'))
    expect(clock.waiting).toBe(4)
    await clock.advance(30)
    expect(fired).toEqual(['a at 10', 'b at 10', 'c at 30'])
    expect(clock.waiting).toBe(1)
  })

  it('lets promises settle before the next timer, and fires what they set if it falls due', async () => {
    const clock = manualClock({ now: 0 })
    const seen: string[] = []
    const sleep = (ms: number) => new Promise<void>((resolve) => void clock.after(ms, resolve))
    const work = (async () => {
      for (let step = 1; step <= 4; step++) {
        await sleep(10)
        await new Promise<void>((resolve) => clock.endOfTurn(resolve))
        seen.push(`${step} at ${clock.now()}`)
      }
    })()
    await clock.advance(30)
    expect(seen).toEqual(['1 at 10', '2 at 20', '3 at 30'])
    await clock.advance(10)
    await work
    expect(seen.at(-1)).toBe('4 at 40')
  })

  it('does not fire a timer that was cancelled', async () => {
    const clock = manualClock()
    let fired = 0
    const cancel = clock.after(10, () => fired++)
    clock.after(5, cancel)
    await clock.advance(20)
    expect([fired, clock.waiting]).toEqual([0, 0])
  })

  it('is set like a wall clock: no timer fires, and the monotonic clock does not move', async () => {
    const clock = manualClock({ now: 1_000 })
    let fired = 0
    clock.after(10, () => fired++)
    clock.set(500_000)
    expect([clock.now(), clock.monotonic(), fired]).toEqual([500_000, 0, 0])
    await clock.advance(10)
    expect([clock.now(), fired]).toEqual([500_010, 1])
  })

  it('advances one after the other when two do not wait for each other', async () => {
    const clock = manualClock({ now: 0 })
    const at: number[] = []
    clock.after(10, () => at.push(clock.now()))
    clock.after(20, () => at.push(clock.now()))
    await Promise.all([clock.advance(15), clock.advance(15)])
    expect([at, clock.now()]).toEqual([[10, 20], 30])
  })

  it('gives what a timer throws to whoever advanced it, and goes on afterwards', async () => {
    const clock = manualClock({ now: 0 })
    clock.after(10, () => {
      throw new Error('from the timer')
    })
    await expect(clock.advance(10)).rejects.toThrow('from the timer')
    await clock.advance(5)
    expect(clock.now()).toBe(15)
  })

  it('refuses to go back, and times that are none', async () => {
    const clock = manualClock()
    await expect(clock.advance(-1)).rejects.toThrow(RangeError)
    await expect(clock.advance(NaN)).rejects.toThrow('0 or more, not NaN')
    expect(() => clock.set(Infinity)).toThrow(RangeError)
    expect(() => manualClock({ now: NaN })).toThrow('now must be a finite number')
  })
})

describe('its randomness', () => {
  it('is the same for the same seed, and another for another', () => {
    const draw = (seed: number) => {
      const clock = manualClock({ seed })
      return [clock.random(), clock.token(), clock.random(), clock.token()]
    }
    expect(draw(7)).toEqual(draw(7))
    expect(draw(7)).not.toEqual(draw(8))
    expect(new Set(draw(7)).size).toBe(4)
  })

  it('has the shape of the real one: [0, 1), and tokens of 22 characters', () => {
    const clock = manualClock()
    for (let count = 0; count < 100; count++) {
      const drawn = clock.random()
      expect(drawn >= 0 && drawn < 1).toBe(true)
      expect(clock.token()).toMatch(/^[A-Za-z0-9_-]{22}$/)
    }
  })
})

test("with timers: 'system' the wall clock alone is manual", async () => {
  const clock = manualClock({ now: 1_000, timers: 'system' })
  const before = clock.monotonic()
  await new Promise<void>((resolve) => void clock.after(5, resolve))
  await new Promise<void>((resolve) => clock.endOfTurn(resolve))
  expect(clock.monotonic()).toBeGreaterThan(before)
  expect(clock.now()).toBe(1_000)
  await clock.advance(60_000)
  clock.set(clock.now() + 1)
  expect(clock.now()).toBe(61_001)
})
