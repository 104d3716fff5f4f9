export type { LocalContext, LocalHandler } from './context.ts'
export type { LocalQueueCounts, LocalQueueEvent } from './events.ts'
export { type FunctionInvokerOptions, functionInvoker } from './function-invoker.ts'
export type { FailureReason, InvocationOutcome, Invoker, SqsEvent } from './invoker.ts'
export { type LocalQueue, localQueue } from './local-queue.ts'
export { type EventSourceMappingSettings, fromEventSourceMapping } from './mapping-settings.ts'
export type { LocalQueueFaults, LocalQueueOptions } from './options.ts'
export type { QueueDepth, SqsClientShape } from './queue-shapes.ts'
export {
  type WorkerInvocation,
  type WorkerInvoker,
  type WorkerInvokerOptions,
  workerInvoker,
} from './worker-invoker.ts'
