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
import type { StandardSchemaV1 } from '../../src/options/standard-schema.ts'
import type { SqsRecord } from '../../src/protocol/sqs-record.ts'
import { addFailures, failNowAndThen, neighbours } from './company.ts'
import { SimulatedClient } from './dynamodb/client.ts'
import type { Host } from './host.ts'
import { schemaOf } from './schema.ts'
import type { Simulation } from './simulation.ts'
import { runUserCode } from './user-code.ts'

type Handler = (event: unknown, context: unknown) => Promise<unknown>

/** Set where a function runs on Managed Instances. */
const MANAGED_VARIABLE = 'AWS_LAMBDA_MAX_CONCURRENCY'

/** The shipped code, started on one host with the options of the seed. */
export function startFunction(simulation: Simulation, host: Host): Handler {
  if (simulation.scenario.environment !== 'managed') return start(simulation, host)
  // The environment is read at start and at no other time, so the next world does not see it.
  process.env[MANAGED_VARIABLE] = '64'
  try {
    return start(simulation, host)
  } finally {
    delete process.env[MANAGED_VARIABLE]
  }
}

function start(simulation: Simulation, host: Host): Handler {
  const { scenario } = simulation
  const options = optionsOf(simulation, host)
  const fn = (message: Message<unknown>, claim: { readonly fence: number; readonly signal: AbortSignal }) =>
    runUserCode(simulation, host, message.record, claim.fence, claim.signal)
  // The simulation builds events of the right shape; the faces below say so in three different types.
  if (scenario.face === 'sqsHandler') return sqsHandler(options, fn) as Handler
  const { outside, inside } = neighbours(simulation)
  const handler =
    scenario.face === 'middleware'
      ? perMessage(simulation, eachMessage(fn) as Handler)
      : (event: WholeEvent) => wholeBatch(simulation, host, event.Records)
  const app = middy({ timeoutEarlyInMillis: 0 })
  // Middy's types follow each other's events; these see only what all events have.
  for (const one of outside) app.use(one as never)
  app.use(idempotentBatch(options) as never)
  for (const one of inside) app.use(one as never)
  return app.handler(handler as never) as unknown as Handler
}

function optionsOf(simulation: Simulation, host: Host): Options<StandardSchemaV1 | undefined> {
  const { scenario, state } = simulation
  const { runtime } = host
  const table = dynamoStore({
    table: state.table.name,
    client: new SimulatedClient(host, state),
    batching: scenario.batching,
    runtime,
  })
  return {
    store: scenario.cached ? cachedStore(table, { runtime }) : table,
    namespace: 'orders',
    ttl: Math.ceil(scenario.ttlMs / 1000),
    schema: schemaOf(simulation, host),
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
}

/** What a handler is given by Middy. */
interface WholeEvent {
  readonly Records: readonly SqsRecord[]
}

/** `eachMessage` in a handler that has its own mind. */
function perMessage(simulation: Simulation, each: Handler): Handler {
  return async (event, context) => {
    const { Records: records } = event as WholeEvent // Middy's own type says less.
    const response = await each(event, context)
    failNowAndThen(simulation, records)
    return addFailures(simulation, records, response)
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
  // Before anything has run, or after all of it.
  const early = simulation.world.random.chance(500)
  if (early) failNowAndThen(simulation, records)
  const run = (record: SqsRecord) => runUserCode(simulation, host, record, undefined, undefined)
  const results = simulation.scenario.fifo
    ? await inOrder(records, run)
    : await Promise.allSettled(records.map(run))
  if (!early) failNowAndThen(simulation, records)
  return results
}

async function inOrder(
  records: readonly SqsRecord[],
  run: (record: SqsRecord) => Promise<string>,
): Promise<PromiseSettledResult<unknown>[]> {
  const results: PromiseSettledResult<unknown>[] = []
  for (const record of records) {
    const stopped = results.some(({ status }) => status === 'rejected')
    const work = stopped ? Promise.reject(new Error('an earlier record failed')) : run(record)
    results.push(...(await Promise.allSettled([work])))
  }
  return results
}
