/** CloudWatch namespace of all metrics. */
export const METRIC_NAMESPACE = 'oncekit'

/** The one dimension: the namespace of the records, so by default the function's name. */
export const METRIC_DIMENSION = 'namespace'

/** Metric names, shared by the runtime and the infrastructure. Unit `Count`, but for `durationMs`: `Milliseconds`. */
export const METRICS = {
  messages: 'Messages',
  failures: 'Failures',
  durationMs: 'Duration',
  claimed: 'Claimed',
  completed: 'Completed',
  duplicates: 'Duplicates',
  busy: 'Busy',
  takeovers: 'Takeovers',
  retries: 'Retries',
  ownWrites: 'OwnWrites',
  leaseLost: 'LeaseLost',
  duplicateEffects: 'DuplicateEffects',
  failOpen: 'FailOpen',
  clockSkew: 'ClockSkew',
  poisoned: 'Poisoned',
  mismatches: 'Mismatches',
  failed: 'Failed',
  unknownCompletions: 'UnknownCompletions',
  storeUnavailable: 'StoreUnavailable',
  notStarted: 'NotStarted',
  givenBack: 'GivenBack',
  leftRunning: 'LeftRunning',
  unsettled: 'Unsettled',
  shared: 'Shared',
  invalid: 'Invalid',
  keyMissing: 'KeyMissing',
  unknownRecords: 'UnknownRecords',
  resultsDropped: 'ResultsDropped',
} as const
