import { ConfigError } from '../../errors/config-error.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { systemRuntime } from '../../runtime/system.ts'
import type { CallContext, RecordStore } from '../contract.ts'
import { claimAll } from './claim-all.ts'
import type { DynamoClient } from './client.ts'
import { Connection } from './connection.ts'
import { GroupWriter, type WriterOptions } from './group-writer.ts'
import { settle } from './settle.ts'
import { optionProblems } from './store-options.ts'

/** All at once. */
const CLAIMS: WriterOptions = {
  inFlight: Infinity,
  halfInFlight: Infinity,
  fullInFlight: Infinity,
  tells: false,
}

/**
 * One request in flight, so that what is done meanwhile goes together, and a second for half a group; where thousands wait
 * (a whole batch that has just ended), so many that the way there and back does not count. An effect that is done must be confirmed: when it was
 * not at once, that is said.
 */
const SETTLEMENTS: WriterOptions = { inFlight: 1, halfInFlight: 2, fullInFlight: 16, tells: true }

/** Longest that a call is tried when nobody knows its deadline. */
const OPEN_DEADLINE_MS = 10_000

/** Options of {@link dynamoStore}. */
export interface DynamoStoreOptions {
  /** Name or ARN of the table: partition key `id` (S), no sort key, time to live on `ttl`. */
  readonly table: string
  /**
   * The SDK's `DynamoDBClient`, or anything of its shape. Its attempts are cut and repeated as the default's are.
   * @default a client that is made for the first request, with the Region and credentials of the environment
   */
  readonly client?: DynamoClient | undefined
  /**
   * Claim and settle many records in one request (PartiQL). `false`: one request per record.
   * @default true; single items where the service refuses the batch form, which is said once
   */
  readonly batching?: boolean | undefined
  /**
   * Clocks, timers and randomness, for tests.
   * @default the process's own
   */
  readonly runtime?: Runtime | undefined
}

/**
 * Records in a DynamoDB table, batch-first: ten first deliveries are claimed in one request and completed in one or
 * two; redeliveries are read in one request and taken over in one more. Each attempt of a request is cut after 3 s, or a third
 * of what is left, and repeated until the call's deadline.
 *
 * @throws ConfigError when an option is unknown, or its value is not one that is allowed
 */
export function dynamoStore(options: DynamoStoreOptions): RecordStore {
  const problems = optionProblems(options)
  if (problems.length > 0) throw new ConfigError(`dynamoStore cannot start:\n- ${problems.join('\n- ')}`)
  const { table, client, runtime = systemRuntime, batching = true } = options
  const connection = new Connection(table, client, runtime, batching)
  const claims = new GroupWriter(connection, CLAIMS)
  const settlements = new GroupWriter(connection, SETTLEMENTS)

  function begun(context: CallContext): CallContext {
    connection.clock.expect(context.clockErrorMs)
    if (context.deadline < Infinity) return context
    return { ...context, deadline: runtime.monotonic() + OPEN_DEADLINE_MS }
  }

  return {
    now: () => connection.clock.now(),
    claim: (requests, context) => claimAll(connection, claims, requests, begun(context)),
    settle(batch, context) {
      const call = begun(context)
      return Promise.all(batch.map((settlement) => settle(connection, settlements, settlement, call)))
    },
  }
}
