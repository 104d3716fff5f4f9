import type { BatchEvent, Observer } from './events.ts'
import { METRIC_DIMENSION, METRIC_NAMESPACE, METRICS } from './metric-names.ts'

/**
 * The default observer: one line of CloudWatch's embedded metric format per batch. Counts of zero are left out, since
 * every metric is paid for; `Messages` always comes.
 *
 * @param now epoch milliseconds
 * @param write takes one line without its end
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function emfObserver(now: () => number, write: (line: string) => void): Observer {
  return (event) => {
    if (event.kind === 'batch') write(emfLine(event, now()))
  }
}

/** One batch in the embedded metric format, without a line end. */
export function emfLine(batch: BatchEvent, timestamp: number): string {
  const metrics: { Name: string; Unit: 'Count' | 'Milliseconds' }[] = []
  const values: Record<string, number> = {}
  const all: Readonly<Record<keyof typeof METRICS, number>> = {
    ...batch.counts,
    messages: batch.messages,
    failures: batch.failures,
    durationMs: batch.durationMs,
  }
  for (const [field, Name] of Object.entries(METRICS)) {
    // `METRICS` names exactly the fields of `all`.
    const value = all[field as keyof typeof METRICS]
    if (value === 0 && field !== 'messages') continue
    metrics.push({ Name, Unit: field === 'durationMs' ? 'Milliseconds' : 'Count' })
    values[Name] = value
  }
  return JSON.stringify({
    _aws: {
      Timestamp: timestamp,
      CloudWatchMetrics: [
        { Namespace: METRIC_NAMESPACE, Dimensions: [[METRIC_DIMENSION]], Metrics: metrics },
      ],
    },
    [METRIC_DIMENSION]: batch.namespace,
    ...values,
  })
}
