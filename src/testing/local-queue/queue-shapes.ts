/** Anything with the `send` of the SDK's `SQSClient`. */
export interface SqsClientShape {
  send(command: never, options?: { abortSignal?: AbortSignal }): Promise<unknown>
}

/** What a queue says about itself. */
export interface QueueFacts {
  readonly arn: string
  readonly fifo: boolean
  /** Seconds. */
  readonly visibilityTimeout: number
  /** Of the queue's redrive policy. */
  readonly maxReceiveCount: number | undefined
}

/** Messages in the queue, by state. On AWS these numbers are approximate. */
export interface QueueDepth {
  readonly visible: number
  readonly inFlight: number
  readonly delayed: number
}
