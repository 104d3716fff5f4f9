import type { OnceEvent } from '../observe/events.ts'
import type { Log, LogErrors } from '../observe/logger.ts'
import type { EnvelopeOption } from '../protocol/envelopes.ts'
import type { Message, ReceivedMessage } from '../protocol/message.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { RecordStore } from '../store/contract.ts'
import type { DynamoClient } from '../store/dynamodb/client.ts'
import type { StandardSchemaV1 } from './standard-schema.ts'

/** Options after checking, every default applied, durations in milliseconds. Frozen. */
export interface Settings {
  /** The store given, or where to make one. */
  readonly target:
    | { readonly store: RecordStore }
    | { readonly table: string; readonly client: DynamoClient | undefined }
  readonly namespace: string
  /** Deduplication window. */
  readonly ttlMs: number
  /** `undefined`: message attribute, else message id. */
  readonly key: ((message: ReceivedMessage<unknown>) => unknown) | undefined
  readonly schema: StandardSchemaV1 | undefined
  /** `undefined`: the body is the message. */
  readonly envelope: EnvelopeOption | undefined
  readonly fingerprint: 'body' | false | ((message: Message<unknown>) => unknown)
  readonly concurrency: number
  readonly fifo: 'group' | 'batch'
  /** `Infinity` when not given. */
  readonly maxAttempts: number
  readonly onStoreUnavailable: 'fail' | 'run'
  readonly clockErrorMs: number
  /** 2 × clock error: how long past its lease another host's claim is left alone. */
  readonly marginMs: number
  readonly leaseGraceMs: number
  readonly deadlineReserveMs: number
  /**
   * Whether Lambda ends the process at the end of an invocation. Not on Managed Instances: the invocation is reported
   * as failed, and its code runs on.
   */
  readonly hardKill: boolean
  readonly storeResult: false | ResultSettings
  /** Shows an event to the observer, if there is one. Contained: never throws, never waits. */
  readonly observe: (event: OnceEvent) => void
  /** Writes a line to the logger, if there is one. Contained likewise. */
  readonly log: Log
  readonly logErrors: LogErrors
  readonly runtime: Runtime
  /** What is allowed but probably not meant; said once, at start. */
  readonly warnings: readonly StartWarning[]
}

export interface StartWarning {
  readonly notice: 'window' | 'options'
  readonly detail: string
}

export interface ResultSettings {
  readonly maxBytes: number
  /** `undefined`: as exact JSON. */
  readonly serialize: ((result: unknown) => string | undefined) | undefined
}
