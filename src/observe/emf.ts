import type { BatchEvent } from './events.ts'
import { METRIC_DIMENSION, METRIC_NAMESPACE } from './metric-names.ts'

/**
 * What the default observer writes: one line of CloudWatch's embedded metric format per batch, without a line end.
 * Counts of zero are left out, since every metric is paid for; `Messages` always comes.
 *
 * @param timestamp epoch milliseconds
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function emfLine(batch: BatchEvent, timestamp: number): string {
  const { messages, failures, durationMs, counts, namespace } = batch
  const values: Record<string, number> = {}
  // A metric is named like its count: see `METRICS`, which a test holds to this and which handlers need not carry.
  for (const [name, value] of Object.entries({ messages, failures, duration: durationMs, ...counts }))
    if (value > 0 || name === 'messages') values[name.charAt(0).toUpperCase() + name.slice(1)] = value
  return JSON.stringify({
    _aws: {
      Timestamp: timestamp,
      CloudWatchMetrics: [
        {
          Namespace: METRIC_NAMESPACE,
          Dimensions: [[METRIC_DIMENSION]],
          Metrics: Object.keys(values).map((Name) => ({
            Name,
            Unit: Name === 'Duration' ? 'Milliseconds' : 'Count',
          })),
        },
      ],
    },
    [METRIC_DIMENSION]: namespace,
    ...values,
  })
}
