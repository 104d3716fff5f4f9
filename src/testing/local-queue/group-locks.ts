import type { SqsRecord } from '../../protocol/sqs-record.ts'

/**
 * Keeps a FIFO group out of two invocations at once. The queue does so while messages are in flight; this holds where
 * a visibility timeout ends during an invocation.
 */
export class GroupLocks {
  readonly #held = new Map<string, Promise<void>>()

  /** Runs `work` when no group of these records is in another invocation. */
  async hold<T>(records: readonly SqsRecord[], work: () => Promise<T>): Promise<T> {
    const groups = new Set(records.map(({ attributes }) => attributes.MessageGroupId ?? ''))
    for (;;) {
      const busy = [...groups].flatMap((group) => this.#held.get(group) ?? [])
      if (busy.length === 0) break
      await Promise.all(busy)
    }
    const { promise, resolve } = Promise.withResolvers<void>()
    for (const group of groups) this.#held.set(group, promise)
    try {
      return await work()
    } finally {
      for (const group of groups) this.#held.delete(group)
      resolve()
    }
  }
}
