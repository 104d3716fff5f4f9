/**
 * Pseudo-random numbers of one seed (sfc32: 128 bits of state, passes PractRand). Integers only, so that every
 * machine draws the same.
 */
export class Random {
  #a: number
  #b: number
  #c: number
  #counter = 1

  constructor(seed: number, stream: number) {
    this.#a = seed | 0
    this.#b = Math.floor(seed / 0x1_0000_0000) ^ 0x9e3779b9
    this.#c = Math.imul(stream + 1, 0x85ebca6b)
    // Seeds that differ in one bit must not start alike.
    for (let round = 0; round < 12; round++) this.bits()
  }

  /** 32 bits, as a non-negative integer. */
  bits(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum
    return sum >>> 0
  }

  /** An integer in [0, count). */
  below(count: number): number {
    return this.bits() % count
  }

  /** An integer in [low, high]. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1)
  }

  /** True `perMille` times in a thousand. */
  chance(perMille: number): boolean {
    return perMille > 0 && this.below(1000) < perMille
  }

  /** Uniform in [0, 1), for the code under test. */
  fraction(): number {
    return this.bits() / 0x1_0000_0000
  }

  pick<T>(values: readonly T[]): T {
    const value = values[this.below(values.length)]
    if (value === undefined) throw new Error('nothing to pick from')
    return value
  }

  /** Shuffles in place. */
  shuffle<T>(values: T[]): T[] {
    for (let last = values.length - 1; last > 0; last--) {
      const other = this.below(last + 1)
      const kept = values[last] as T
      // Both indices are below the length.
      values[last] = values[other] as T
      values[other] = kept
    }
    return values
  }
}
