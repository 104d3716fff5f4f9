export type { Claim } from './engine/claim-handle.ts'
export type { InvocationContext } from './engine/invocation.ts'
export { ConfigError } from './errors/config-error.ts'
export { isOncekitError } from './errors/is-oncekit-error.ts'
export { OncekitError, type OncekitErrorCode } from './errors/oncekit-error.ts'
export { PermanentError } from './errors/permanent-error.ts'
export type { SqsBatchEvent } from './lambda/batch-event.ts'
export { type EachMessageHandler, eachMessage } from './lambda/each-message.ts'
export {
  type BatchRequest,
  type IdempotentBatchMiddleware,
  idempotentBatch,
} from './lambda/idempotent-batch.ts'
export type { SqsBatchResponse } from './lambda/partial-response.ts'
export type { SqsEvent } from './lambda/sqs-event.ts'
export { type MessageHandler, type SqsBatchHandler, sqsHandler } from './lambda/sqs-handler.ts'
export type { BatchCounts } from './observe/counts.ts'
export type {
  BatchEvent,
  MessageEvent,
  MessageNoticeOf,
  NoticeEvent,
  NoticeOf,
  Observer,
  OnceEvent,
  Outcome,
} from './observe/events.ts'
export type { LogErrors, Logger } from './observe/logger.ts'
export type { Duration } from './options/durations.ts'
export type { BodyOf, Options, StoreResultOptions } from './options/options.ts'
export type { InferOutput, SchemaIssue, SchemaResult, StandardSchemaV1 } from './options/standard-schema.ts'
export type {
  EnvelopeOf,
  EnvelopeOption,
  EventBridgeEnvelope,
  FoundIn,
  S3Envelope,
  S3Notification,
  S3Pointer,
  S3Test,
  SnsEnvelope,
  Unwrap,
  Unwrapped,
} from './protocol/envelopes.ts'
export type {
  AttributeValue,
  IdempotencyKey,
  KeyCandidate,
  KeyPart,
  Message,
  MissingPart,
  ReceivedMessage,
} from './protocol/message.ts'
export type { IdempotencyRecord, MetRecord, RecordStatus } from './protocol/record.ts'
export { recordId } from './protocol/record-id.ts'
export type { SqsMessageAttribute, SqsRecord, SqsRecordAttributes } from './protocol/sqs-record.ts'
export type { Runtime } from './runtime/runtime.ts'
export { type CachedStoreOptions, cachedStore } from './store/cached/cached-store.ts'
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
} from './store/contract.ts'
export type { DynamoClient, SendOptions } from './store/dynamodb/client.ts'
export { type DynamoStoreOptions, dynamoStore } from './store/dynamodb/dynamo-store.ts'

// Every type that another exported one is made of is exported too: a compiler that writes declarations must be able to
// name what it infers. Not exported on purpose: the engine and the protocol's decisions. Whoever writes a store takes
// the contract's tests from `oncekit/testing`.
