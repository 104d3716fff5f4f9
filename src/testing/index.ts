export * from './local-queue/index.ts'
export { type SqsEventMessage, type SqsEventOptions, sqsEvent } from './sqs-event.ts'
