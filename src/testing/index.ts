export { type MemoryStore, type MemoryStoreOptions, memoryStore } from '../store/memory/memory-store.ts'
export * from './local-queue/index.ts'
export { type ManualClock, type ManualClockOptions, manualClock } from './manual-clock.ts'
export { type SqsEventMessage, type SqsEventOptions, sqsEvent } from './sqs-event.ts'
