import type { MetRecord } from '../../protocol/record.ts'

/** Completed records by id, at most so many; the least recently used goes first. */
export class CompletedKeys {
  readonly #most: number
  readonly #records = new Map<string, MetRecord>()

  constructor(most: number) {
    this.#most = most
  }

  /** The record, if it is remembered; using it makes it the youngest. */
  get(id: string): MetRecord | undefined {
    const record = this.#records.get(id)
    if (record !== undefined) {
      this.#records.delete(id)
      this.#records.set(id, record)
    }
    return record
  }

  add(record: MetRecord): void {
    this.#records.delete(record.id)
    this.#records.set(record.id, record)
    if (this.#records.size <= this.#most) return
    // A map iterates in the order of insertion: the first is the oldest.
    for (const oldest of this.#records.keys()) {
      this.#records.delete(oldest)
      return
    }
  }

  delete(id: string): void {
    this.#records.delete(id)
  }
}
