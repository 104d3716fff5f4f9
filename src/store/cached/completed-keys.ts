import type { IdempotencyRecord, MetRecord } from '../../protocol/record.ts'

/** What is kept of a completed record: a record that was read may hold on to all that came with it. */
type Kept = Pick<MetRecord, 'owner' | 'fence' | 'attempts' | 'expiresAt' | 'fingerprint' | 'schemaVersion'>

/** Completed records without a result, by id, at most so many; the least recently used goes first. */
export class CompletedKeys {
  readonly #most: number
  readonly #kept = new Map<string, Kept>()

  constructor(most: number) {
    this.#most = most
  }

  /** The record, if it is remembered; using it makes it the youngest. */
  get(id: string): MetRecord | undefined {
    const kept = this.#kept.get(id)
    if (kept === undefined) return undefined
    this.#kept.delete(id)
    this.#kept.set(id, kept)
    return { id, status: 'COMPLETED' satisfies IdempotencyRecord['status'], ...kept }
  }

  add(id: string, { owner, fence, attempts, expiresAt, fingerprint, schemaVersion }: Kept): void {
    this.#kept.delete(id)
    this.#kept.set(id, { owner, fence, attempts, expiresAt, fingerprint, schemaVersion })
    if (this.#kept.size <= this.#most) return
    // A map iterates in the order of insertion: the first is the oldest.
    for (const oldest of this.#kept.keys()) {
      this.#kept.delete(oldest)
      return
    }
  }

  delete(id: string): void {
    this.#kept.delete(id)
  }
}
