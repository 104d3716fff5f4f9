export type { IdempotencyRecord, MetRecord, RecordStatus } from '../protocol/record.ts'
export type { SqsMessageAttribute, SqsRecord, SqsRecordAttributes } from '../protocol/sqs-record.ts'
export type { Runtime } from '../runtime/runtime.ts'
export type {
  BusyReason,
  CallContext,
  ClaimOrigin,
  ClaimOutcome,
  ClaimRequest,
  HeldClaim,
  RecordStore,
  Settlement,
  SettleOutcome,
  StoreNotice,
  UnavailableReason,
} from '../store/contract.ts'
export { type MemoryStore, type MemoryStoreOptions, memoryStore } from '../store/memory/memory-store.ts'
export { crashTest } from './crash-test/index.ts'
export type {
  CrashPoint,
  CrashReport,
  CrashRun,
  CrashTestHandler,
  CrashTestOptions,
  CrashTestSandbox,
} from './crash-test/types.ts'
export { type FifoMessage, type FifoQueue, type FifoQueueOptions, fifoQueue } from './fifo-queue.ts'
export * from './local-queue/index.ts'
export { type ManualClock, type ManualClockOptions, manualClock } from './manual-clock.ts'
export { type SqsEventMessage, type SqsEventOptions, sqsEvent } from './sqs-event.ts'
export { storeContract } from './store-contract/index.ts'
export type { MakeStore, StoreCheck, StoreUnderTest } from './store-contract/subject.ts'
