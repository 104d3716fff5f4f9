import { Annotations, Duration } from 'aws-cdk-lib'
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam'
import { CfnEventSourceMapping, EventSourceMapping } from 'aws-cdk-lib/aws-lambda'
import { type IQueue, Queue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { ConfigError } from '../../src/errors/config-error.ts'
import { checkWiring } from '../invariants/check.ts'
import { adviceId, adviceText, contradictionError } from '../invariants/report.ts'
import type { Wiring } from '../invariants/wiring.ts'
import { QueueAlarms } from './alarms.ts'
import { DEFAULT_BATCH_SIZE } from './defaults.ts'
import { assertOneSource, handlerOf } from './given.ts'
import { assertRecords } from './given-table.ts'
import type { IdempotentFunction } from './idempotent-function.ts'
import type { IdempotentQueueProps, ProvisionedPollers } from './idempotent-queue-props.ts'
import { assertKnownProps } from './known-props.ts'
import { newDeadLetterQueue, newQueue } from './new-queue.ts'
import { planOf } from './plan.ts'
import { QueueMetrics } from './queue-metrics.ts'
import { judgeQueuePlace } from './queue-place.ts'

/**
 * A queue with its dead-letter queue, the function that works it off, and the event source mapping between them, with
 * numbers that agree. Contradictions are collected and thrown together, before anything is made; advice is an
 * annotation, acknowledged with `Annotations.of(queue).acknowledgeWarning('oncekit:<id>')`. Numbers that are tokens, or
 * belong to an imported resource, are not checked.
 *
 * @throws {ConfigError} when the numbers contradict each other, an existing resource comes with properties of a new one,
 * for no table or an unknown property.
 */
export class IdempotentQueue extends Construct {
  readonly queue: IQueue
  /** `undefined` for an imported queue, whose dead-letter queue is unknown. */
  readonly deadLetterQueue: IQueue | undefined
  readonly handler: IdempotentFunction
  readonly mapping: EventSourceMapping
  readonly metrics: QueueMetrics
  readonly alarms: QueueAlarms | undefined
  /** The numbers that were checked. */
  readonly wiring: Wiring

  constructor(scope: Construct, id: string, props: IdempotentQueueProps) {
    super(scope, id)
    const { path } = this.node
    assertKnownProps(path, 'IdempotentQueue', props)
    if (props.provisionedPollers !== undefined)
      assertKnownProps(path, 'provisionedPollers', props.provisionedPollers)
    if (props.alarms !== undefined && props.alarms !== false) assertKnownProps(path, 'alarms', props.alarms)
    assertRecords(path, props.table)
    assertOneSource(this, props)
    judgeQueuePlace(this, props)
    const plan = planOf(props, props.namespace)
    this.wiring = plan.wiring
    this.#check()
    if (props.queue) {
      this.queue = props.queue
      this.deadLetterQueue = props.queue instanceof Queue ? props.queue.deadLetterQueue?.queue : undefined
    } else {
      const deadLetterQueue = props.deadLetterQueue ?? newDeadLetterQueue(this, props)
      this.deadLetterQueue = deadLetterQueue
      this.queue = newQueue(this, props, plan, deadLetterQueue)
    }
    this.handler = handlerOf(this, props, plan.ttl)
    // An imported function without its role has nobody to grant to; its construct says so.
    if (this.handler.function.role) this.queue.grantConsumeMessages(this.handler)
    this.mapping = new EventSourceMapping(this, 'Mapping', {
      target: this.handler.function,
      eventSourceArn: this.queue.queueArn,
      reportBatchItemFailures: true,
      batchSize: props.batchSize ?? DEFAULT_BATCH_SIZE,
      ...(props.maxBatchingWindow === undefined ? {} : { maxBatchingWindow: props.maxBatchingWindow }),
      ...(props.maxConcurrency === undefined ? {} : { maxConcurrency: props.maxConcurrency }),
    })
    this.#setPollers(props.provisionedPollers)
    this.handler.hasAdvised(this.mapping.node.defaultChild ?? this.mapping)
    this.metrics = new QueueMetrics(this.handler, this.queue, this.deadLetterQueue)
    if (props.alarms !== false) {
      const { retentionMs } = plan.wiring
      const oldest = retentionMs === undefined ? undefined : Duration.millis(retentionMs / 2)
      this.alarms = new QueueAlarms(this, 'Alarms', this.metrics, oldest, props.alarms)
    }
  }

  /** Lets the grantee send messages. */
  grantProduce(grantee: IGrantable): Grant {
    return this.queue.grantSendMessages(grantee)
  }

  /**
   * Lets the grantee move messages from the dead-letter queue back to the source queue.
   * @throws {ConfigError} when the dead-letter queue is unknown.
   * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
   */
  grantRedrive(grantee: IGrantable): Grant {
    if (!this.deadLetterQueue)
      throw new ConfigError(
        `${this.node.path} has an imported queue, whose dead-letter queue is unknown. Grant the redrive where the queues are made.`,
      )
    const moves = Grant.addToPrincipal({
      grantee,
      actions: ['sqs:CancelMessageMoveTask', 'sqs:ListMessageMoveTasks', 'sqs:StartMessageMoveTask'],
      resourceArns: [this.deadLetterQueue.queueArn],
    })
    return moves
      .combine(this.deadLetterQueue.grantConsumeMessages(grantee))
      .combine(this.queue.grantSendMessages(grantee))
  }

  /** On the resource itself: CDK's own construct stops at 2,000 pollers, Lambda at 10,000. */
  #setPollers(pollers: ProvisionedPollers | undefined): void {
    const resource = this.mapping.node.defaultChild
    if (pollers === undefined || !(resource instanceof CfnEventSourceMapping)) return
    const { minimum, maximum } = pollers
    resource.provisionedPollerConfig = {
      ...(minimum === undefined ? {} : { minimumPollers: minimum }),
      ...(maximum === undefined ? {} : { maximumPollers: maximum }),
    }
  }

  #check(): void {
    const findings = checkWiring(this.wiring)
    const contradictions = findings.filter((finding) => finding.severity === 'throw')
    if (contradictions.length > 0) throw contradictionError(this.node.path, contradictions)
    for (const advice of findings) Annotations.of(this).addWarningV2(adviceId(advice.id), adviceText(advice))
  }
}
