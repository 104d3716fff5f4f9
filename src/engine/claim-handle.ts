import { digest } from '../protocol/digest.ts'
import type { Batch } from './batch.ts'
import type { Entry } from './entry.ts'

/** What a handler holds while it runs. */
export interface Claim {
  /** Idempotency key, for display. */
  readonly key: string
  readonly namespace: string
  /** Claims granted in this window, this one included: 1 on the first run. Not SQS's receive count. */
  readonly attempt: number
  /** Grows with every claim of this key, across hosts. Hand it to a resource that can refuse older ones. */
  readonly fence: number
  /** Aborts when the work must stop: the time reserved to settle has begun, or the lease was lost. */
  readonly signal: AbortSignal
  /** Epoch ms at which `signal` aborts for time; `Infinity` when the end of the run is not known. */
  readonly deadline: number
  /**
   * A key for another API, the same on every attempt: closes the gap between the effect and its completion where that
   * API deduplicates. 43 characters, base64url.
   */
  keyFor(name: string): string
}

/** The claim as handlers see it. Its methods are its own and bound, so that they may be taken out of it. */
export class ClaimHandle implements Claim {
  // Declared only: a field that is defined too would be set twice.
  declare readonly key: string
  declare readonly namespace: string
  declare readonly attempt: number
  declare readonly fence: number
  declare readonly signal: AbortSignal
  declare readonly deadline: number
  declare readonly keyFor: Claim['keyFor']

  constructor({ settings, invocation, signal }: Batch, { message, claim, controller, id }: Entry) {
    const { namespace, runtime } = settings
    const now = runtime.now()
    this.key = message.key
    this.namespace = namespace
    this.attempt = claim?.attempt ?? 1
    // Without a record there is no fence: the clock stands in, as it would for a first claim.
    this.fence = claim?.fence ?? now
    this.signal = controller?.signal ?? signal
    this.deadline = now + invocation.stopAt - runtime.monotonic()
    this.keyFor = (name) => digest(`${name.length}:${name}${id}`)
  }
}
