import type { IdempotencyRecord } from '../../src/protocol/record.ts'
import { type Item, recordOf } from '../../src/store/dynamodb/item.ts'

/** The whole record of an item: what the store reads of it, and what it leaves to others. */
export function wholeRecordOf(item: Item): IdempotencyRecord {
  const number = (name: string) => (item[name]?.N === undefined ? undefined : Number(item[name].N))
  return {
    ...recordOf(item),
    ttl: number('ttl') ?? 0,
    messageId: item['messageId']?.S,
    receiveCount: number('receiveCount'),
    firstSeenAt: number('firstSeenAt'),
    completedAt: number('completedAt'),
  }
}
