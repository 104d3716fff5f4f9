/**
 * `oncekit/cdk`: the table, queues and functions of idempotent SQS handlers, wired so that their numbers agree.
 * Needs `aws-cdk-lib` and `constructs`.
 */
export { type AlarmProps, QueueAlarms, type Severity } from './constructs/alarms.ts'
export { IdempotencyDashboard, type IdempotencyDashboardProps } from './constructs/dashboard.ts'
export type { AnyFunction } from './constructs/function-facts.ts'
export {
  IdempotencyTable,
  type IdempotencyTableProps,
  type OperateOptions,
} from './constructs/idempotency-table.ts'
export { IdempotentFunction, type IdempotentFunctionProps } from './constructs/idempotent-function.ts'
export { IdempotentQueue } from './constructs/idempotent-queue.ts'
export type {
  IdempotentQueueProps,
  NewQueueProps,
  ProvisionedPollers,
} from './constructs/idempotent-queue-props.ts'
export type { LeaseProps } from './constructs/lease.ts'
export { HandlerMetrics, type MetricName } from './constructs/metrics.ts'
export type { NewFunctionProps, PassedOnProps } from './constructs/new-function-props.ts'
export { QueueMetrics } from './constructs/queue-metrics.ts'
export type { AnyTable } from './constructs/table-facts.ts'
export * from './wiring.ts'
