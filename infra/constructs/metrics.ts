import { Duration } from 'aws-cdk-lib'
import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch'
import { METRIC_DIMENSION, METRIC_NAMESPACE, METRICS } from '../../src/observe/metric-names.ts'

/** A count that the runtime reports for every batch, or the duration of a batch. */
export type MetricName = keyof typeof METRICS

/** The metrics that the handler writes, for one namespace of records. Sums over five minutes unless told otherwise. */
export class HandlerMetrics {
  readonly #namespace: string

  constructor(namespace: string) {
    this.#namespace = namespace
  }

  /** Any of the handler's metrics by its name. */
  named(name: MetricName, options: MetricOptions = {}): Metric {
    return new Metric({
      namespace: METRIC_NAMESPACE,
      metricName: METRICS[name],
      dimensionsMap: { [METRIC_DIMENSION]: this.#namespace },
      statistic: name === 'durationMs' ? 'p95' : 'Sum',
      period: Duration.minutes(5),
      label: METRICS[name],
      ...options,
    })
  }

  /** Claims granted: messages that ran. */
  claimed(options?: MetricOptions): Metric {
    return this.named('claimed', options)
  }

  /** Messages acknowledged without running, since their record was COMPLETED. */
  duplicates(options?: MetricOptions): Metric {
    return this.named('duplicates', options)
  }

  /** Messages that met a live claim. */
  busy(options?: MetricOptions): Metric {
    return this.named('busy', options)
  }

  /** Stuck items taken over. */
  takeovers(options?: MetricOptions): Metric {
    return this.named('takeovers', options)
  }

  /** Records that somebody else took over while their handler ran. */
  leaseLost(options?: MetricOptions): Metric {
    return this.named('leaseLost', options)
  }

  /** Messages whose effect happened twice. */
  duplicateEffects(options?: MetricOptions): Metric {
    return this.named('duplicateEffects', options)
  }

  /** Messages that ran without a record, because the store did not answer. */
  failOpen(options?: MetricOptions): Metric {
    return this.named('failOpen', options)
  }

  /** Hosts whose clock was found off, and is corrected for the records. */
  clockSkew(options?: MetricOptions): Metric {
    return this.named('clockSkew', options)
  }

  /** Handlers left running past twice their invocation, on Managed Instances. */
  leftRunning(options?: MetricOptions): Metric {
    return this.named('leftRunning', options)
  }

  /** Messages given up. */
  poisoned(options?: MetricOptions): Metric {
    return this.named('poisoned', options)
  }
}
