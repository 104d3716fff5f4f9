import middy from '@middy/core'
import {
  cachedStore,
  dynamoStore,
  eachMessage,
  idempotentBatch,
  type Message,
  type OnceEvent,
  type Options,
  sqsHandler,
} from '../../src/index.ts'
import type { SqsRecord } from '../../src/protocol/sqs-record.ts'
import { SimulatedClient } from './dynamodb/client.ts'
import type { Host } from './host.ts'
import type { Simulation } from './simulation.ts'
import { runUserCode } from './user-code.ts'

type Handler = (event: unknown, context: unknown) => Promise<unknown>

/** The shipped code, started on one host with the options of the seed. */
export function startFunction(simulation: Simulation, host: Host): Handler {
  const { scenario, state } = simulation
  const { runtime } = host
  const table = dynamoStore({
    table: state.table.name,
    client: new SimulatedClient(host, state),
    batching: scenario.batching,
    runtime,
  })
  const options: Options = {
    store: scenario.cached ? cachedStore(table, { runtime }) : table,
    namespace: 'orders',
    ttl: Math.ceil(scenario.ttlMs / 1000),
    fingerprint: scenario.fingerprint ? 'body' : false,
    concurrency: scenario.concurrency,
    fifo: scenario.fifoStops,
    maxAttempts: scenario.maxAttempts,
    onStoreUnavailable: scenario.onStoreUnavailable,
    clockErrorMs: scenario.clockErrorMs,
    leaseGraceMs: scenario.leaseGraceMs,
    deadlineReserveMs: scenario.deadlineReserveMs,
    observer: (event: OnceEvent) => simulation.checker.observed(host, event),
    logger: false,
    runtime,
  }
  const fn = (message: Message, claim: { readonly fence: number; readonly signal: AbortSignal }) =>
    runUserCode(simulation, host, message.record, claim.fence, claim.signal)
  // The simulation builds events of the right shape; the faces below say so in three different types.
  switch (scenario.face) {
    case 'sqsHandler':
      return sqsHandler(options, fn) as Handler
    case 'middleware':
      return middy({ timeoutEarlyInMillis: 0 })
        .use(idempotentBatch(options))
        .handler(eachMessage(fn)) as unknown as Handler
    case 'whole-batch':
      return middy({ timeoutEarlyInMillis: 0 })
        .use(idempotentBatch(options))
        .handler((event: { readonly Records: readonly SqsRecord[] }) =>
          wholeBatch(simulation, host, event.Records),
        ) as unknown as Handler
  }
}

/** A handler of the whole batch in Middy's convention; on a FIFO queue it keeps the order itself, as it must. */
async function wholeBatch(
  simulation: Simulation,
  host: Host,
  records: readonly SqsRecord[],
): Promise<PromiseSettledResult<unknown>[]> {
  if (host.dead) return []
  simulation.checker.handedOver(host, records)
  const run = (record: SqsRecord) => runUserCode(simulation, host, record, undefined, undefined)
  if (!simulation.scenario.fifo) return Promise.allSettled(records.map(run))
  const results: PromiseSettledResult<unknown>[] = []
  for (const record of records) {
    const stopped = results.some(({ status }) => status === 'rejected')
    const work = stopped ? Promise.reject(new Error('an earlier record failed')) : run(record)
    results.push(...(await Promise.allSettled([work])))
  }
  return results
}
