/**
 * A set of byte strings of one length, numbered in order of arrival. Exact: whole states are compared, hashes only
 * find them. States lie end to end in one array, the table holds numbers, so a million states cost no objects.
 */
export class StateSet {
  readonly #words: number
  #states: Uint32Array
  #table: Int32Array
  #mask: number
  #size = 0

  /** `bytes`: length of a state, a multiple of 4. */
  constructor(bytes: number) {
    this.#words = bytes / 4
    this.#states = new Uint32Array(this.#words * 1024)
    this.#table = new Int32Array(4096).fill(-1)
    this.#mask = this.#table.length - 1
  }

  get size(): number {
    return this.#size
  }

  /** The state's number; it was new exactly if the number is the size before the call. */
  add(state: Uint32Array): number {
    if (this.#size * 2 > this.#mask) this.#growTable()
    let place = this.#hash(state, 0) & this.#mask
    for (;;) {
      const found = this.#table[place] ?? -1
      if (found === -1) break
      if (this.#equals(found, state)) return found
      place = (place + 1) & this.#mask
    }
    const id = this.#size++
    this.#table[place] = id
    if ((id + 1) * this.#words > this.#states.length) this.#growStates()
    this.#states.set(state, id * this.#words)
    return id
  }

  /** Copies the state with this number. */
  read(id: number, into: Uint32Array): void {
    const base = id * this.#words
    for (let word = 0; word < this.#words; word++) into[word] = this.#states[base + word] ?? 0
  }

  #equals(id: number, state: Uint32Array): boolean {
    const base = id * this.#words
    for (let word = 0; word < this.#words; word++) {
      if (this.#states[base + word] !== state[word]) return false
    }
    return true
  }

  #hash(state: Uint32Array, base: number): number {
    let hash = 0x9e3779b9
    for (let word = 0; word < this.#words; word++) {
      hash = Math.imul(hash ^ (state[base + word] ?? 0), 0x85ebca6b)
      hash ^= hash >>> 15
    }
    return (Math.imul(hash, 0xc2b2ae35) >>> 3) ^ (hash & 0xffff)
  }

  #growTable(): void {
    this.#table = new Int32Array(this.#table.length * 2).fill(-1)
    this.#mask = this.#table.length - 1
    for (let id = 0; id < this.#size; id++) {
      let place = this.#hash(this.#states, id * this.#words) & this.#mask
      while (this.#table[place] !== -1) place = (place + 1) & this.#mask
      this.#table[place] = id
    }
  }

  #growStates(): void {
    const larger = new Uint32Array(this.#states.length * 2)
    larger.set(this.#states)
    this.#states = larger
  }
}
