import { drawRates, noFaults, type Rates, REQUEST_FAULT_NAMES, type RequestFault } from './faults.ts'
import { drawMessages, type MessagePlan, manyMessages } from './messages.ts'
import { Random } from './random.ts'

/** Where the function runs. */
export type Environment =
  /** Killed at the deadline, at most 0.7 s late; frozen between invocations. */
  | 'lambda'
  /** Nothing ends it, it may be frozen all the same, and the function is not told: only what needs no kill is checked. */
  | 'no-kill'
  /** Lambda Managed Instances: nothing ends or freezes it, invocations interleave, and the function is told. */
  | 'managed'
  /** No Lambda context: nobody knows the end, and leases are extended while handlers run. */
  | 'open'

/** Who else is on the Middy handler, beside the middleware under test. */
export type Company =
  | 'none'
  /** `@middy/sqs-partial-batch-failure`, which answers from `event.Records`, between ours and the handler. */
  | 'answers-inside'
  /** Reports all of `event.Records` when something fails. */
  | 'reports-inside'
  | 'reports-outside'
  /** Answers early, with an empty list, after the claims. */
  | 'answers-early'
  /** Sorts `event.Records` in place before the handler. */
  | 'sorts'
  /** The handler reports more than what failed. */
  | 'adds-failures'

/** What the function's schema does with a body. */
export type SchemaKind = 'none' | 'sync' | 'async' | 'hangs'

/** Everything that a seed decides before anything happens. */
export interface Scenario {
  readonly seed: number
  readonly messages: readonly MessagePlan[]
  readonly fifo: boolean
  /** Environments at once. */
  readonly hosts: number
  /** Invocations interleaved in one environment. */
  readonly invocationsPerHost: number
  /** Wall clocks of hosts are off by at most this, ms. */
  readonly maxSkewMs: number
  readonly timeoutMs: number
  readonly environment: Environment
  readonly batchSize: number
  readonly batchWindowMs: number
  readonly visibilityMs: number
  readonly maxReceiveCount: number
  readonly face: 'sqsHandler' | 'middleware' | 'whole-batch'
  readonly company: Company
  readonly schema: SchemaKind
  readonly batching: boolean
  /** Completed keys are answered from each host's memory. */
  readonly cached: boolean
  readonly ttlMs: number
  readonly concurrency: number
  readonly fifoStops: 'group' | 'batch'
  readonly maxAttempts: number | undefined
  readonly onStoreUnavailable: 'fail' | 'run'
  readonly fingerprint: boolean
  readonly clockErrorMs: number
  readonly leaseGraceMs: number
  readonly deadlineReserveMs: number
  readonly handlerMs: number
  /** Handlers never wait, and each keeps the processor so long, ms; `undefined`: they wait as usual. */
  readonly cpuMs: number | undefined
  /** Whether a handler stops when its signal aborts. */
  readonly heedsSignal: boolean
  /** One way of a request through the network, ms: lowest and highest. */
  readonly wayMs: readonly [number, number]
  readonly rates: Rates
  /** No fault at all, or one: every message must be handled once, at its first delivery. */
  readonly quiet: boolean
  /** The only fault of a quiet seed: what happens to which attempt of a request, counted from 1. */
  readonly oneFault: { readonly fault: RequestFault; readonly at: number } | undefined
  /** Completions are throttled between these times, virtual ms after the start. */
  readonly throttled: { readonly from: number; readonly until: number } | undefined
  /** A large event: hundreds of messages at once. */
  readonly large: boolean
  /** Faults stop then, and everything must drain. Virtual ms after the start; `undefined`: they never stop. */
  readonly faultsStopAfter: number | undefined
  readonly statementReturnsItem: boolean
  readonly batchDenied: 'no' | 'request' | 'statement'
  /** DynamoDB deletes what its `ttl` allows. */
  readonly ttlDeletes: boolean
  /** A message that was given up is sent once more, this long after. 0: never. */
  readonly resendAfterMs: number
  /** It is then sent with a corrected body. */
  readonly corrected: boolean
  /** Whether I10's condition on the visibility timeout holds. */
  readonly longVisibility: boolean
}

const FACES = ['sqsHandler', 'sqsHandler', 'sqsHandler', 'middleware', 'whole-batch'] as const

/** Draws the scenario of a seed. Three seeds in a hundred have no faults at all, two have one, one has a large event. */
export function drawScenario(seed: number): Scenario {
  const random = new Random(seed, 0)
  const kind = random.below(1000)
  const quiet = kind < 50
  const oneFault =
    quiet && kind >= 30 ? { fault: random.pick(REQUEST_FAULT_NAMES), at: random.between(1, 10) } : undefined
  const small = drawSmall(random, seed, quiet, oneFault)
  return kind >= 50 && kind < 58 ? enlarge(random, small) : small
}

function drawSmall(random: Random, seed: number, quiet: boolean, oneFault: Scenario['oneFault']): Scenario {
  const fifo = random.chance(300)
  const environment = drawEnvironment(random, quiet)
  const open = environment === 'open'
  const managed = environment === 'managed'
  const liveness = random.chance(300)
  const clockErrorMs = random.pick([1000, 1000, 1000, 200, 0])
  const marginMs = 2 * clockErrorMs
  const leaseGraceMs = random.pick([1000, 1000, 1500])
  const timeoutMs = open ? 150_000 : random.pick([3000, 5000, 6000, 10_000])
  const batchWindowMs = random.pick([0, 0, 200, 2000])
  const longVisibility = quiet || random.chance(500)
  // I10's condition, and twice the clock error for the two clocks that are compared.
  const safe = timeoutMs + batchWindowMs + leaseGraceMs + marginMs + 2 * clockErrorMs
  const leaseMs = (open ? 60_000 : timeoutMs) + leaseGraceMs
  const shortWindow = !quiet && random.chance(350)
  const skewed = !quiet && random.chance(700)
  // Further off than the clock error: corrected, which a margin of two seconds is needed for.
  const wild = (skewed || oneFault !== undefined) && clockErrorMs === 1000 && random.chance(400)
  const face = random.pick(FACES)
  const rates = quiet ? noFaults() : drawRates(random, random.pick([70, 170, 400]))
  // Nothing stands still in a process that is never frozen, and what it is for is handlers that outlive their deadline.
  if (managed) rates.stall = 0
  if (managed && !quiet && random.chance(400)) rates.longRun = 300
  const onStoreUnavailable = !quiet && random.chance(120) ? 'run' : 'fail'
  // What ran without a record asks for one afterwards, and rightly takes what carries its own token.
  if (onStoreUnavailable === 'run') rates.changeHands = 0
  const company = drawCompany(random, face, fifo, quiet)
  // What a handler has changed nobody else can name.
  if (company !== 'none') rates.mutate = 0
  // Where all succeed nobody sees whose result is whose.
  if (company === 'sorts' && !quiet) rates.throwBefore = 200
  // Its answer to an error is its own, and names a message as often as it is in the batch.
  if (company === 'answers-inside') rates.refused = 0
  const cached = random.chance(120)
  if (cached) {
    // What somebody else does to a completed record is not seen from memory; the store's documentation says so.
    rates.deleteRecord = 0
    rates.foreignRecord = 0
  }
  // Where leases must be extended, standing still is what endangers them.
  if (open && !quiet && random.chance(400)) rates.stall = random.between(200, 600)
  const cpuMs = !quiet && environment === 'lambda' && random.chance(40) ? random.between(1, 30) : undefined
  const several = managed ? random.pick([1, 3, 8]) : random.chance(150) ? 3 : 1
  return {
    seed,
    messages: drawMessages(random, fifo, quiet),
    fifo,
    // Who keeps the processor keeps the whole world waiting.
    hosts: cpuMs === undefined ? random.pick([1, 2, 2, 3, 4]) : 1,
    // A handler of the whole batch is not told its claims, so the checker must know its invocation.
    invocationsPerHost: face === 'whole-batch' || cpuMs !== undefined ? 1 : several,
    maxSkewMs: wild ? random.pick([1500, 3000, 5000, 20_000]) : skewed ? clockErrorMs : 0,
    timeoutMs,
    environment,
    batchSize: random.pick([1, 2, 10, 10]),
    batchWindowMs,
    visibilityMs: longVisibility
      ? safe + random.pick([1, 1000, 30_000])
      : timeoutMs + random.pick([0, 500, 1000]),
    longVisibility,
    maxReceiveCount: liveness ? 1_000_000 : random.pick([3, 5, 8]),
    face,
    company,
    schema: drawSchema(random, quiet),
    batching: !random.chance(100),
    cached,
    ttlMs: shortWindow ? leaseMs + marginMs + random.between(1000, 20_000) : 14 * 86_400_000,
    concurrency: random.pick([1, 1, 2, 10]),
    fifoStops: random.pick(['group', 'group', 'batch']),
    maxAttempts: random.chance(250) ? random.between(1, 4) : undefined,
    onStoreUnavailable,
    fingerprint: !random.chance(200),
    clockErrorMs,
    leaseGraceMs,
    deadlineReserveMs: random.pick([1500, 1500, 800, 300]),
    handlerMs: quiet ? 10 : open ? random.pick([20_000, 100_000]) : random.pick([2, 20, 300, timeoutMs >> 1]),
    cpuMs,
    heedsSignal: random.chance(500),
    wayMs: [1, 8],
    rates,
    quiet,
    oneFault,
    throttled: !quiet && random.chance(60) ? drawThrottled(random, Math.min(timeoutMs, 10_000)) : undefined,
    large: false,
    faultsStopAfter: liveness ? random.between(5_000, 60_000) : undefined,
    statementReturnsItem: random.chance(500),
    batchDenied: quiet ? 'no' : random.pick(['no', 'no', 'no', 'no', 'no', 'no', 'request', 'statement']),
    ttlDeletes: random.chance(600),
    resendAfterMs: random.chance(400) ? random.between(1, 120_000) : 0,
    corrected: random.chance(500),
  }
}

function drawEnvironment(random: Random, quiet: boolean): Environment {
  if (random.chance(80)) return 'open'
  if (random.chance(140)) return 'managed'
  return !quiet && random.chance(140) ? 'no-kill' : 'lambda'
}

function drawCompany(random: Random, face: Scenario['face'], fifo: boolean, quiet: boolean): Company {
  if (face === 'sqsHandler' || !random.chance(500)) return 'none'
  // Sorted, a group loses its order; what answers early or reports more is what a quiet seed must not have.
  if (face === 'middleware') {
    return quiet
      ? 'reports-inside'
      : random.pick(['reports-inside', 'reports-outside', 'answers-early', 'adds-failures'])
  }
  if (fifo) return random.pick(['answers-inside', 'reports-inside', 'reports-outside'])
  return quiet
    ? random.pick(['answers-inside', 'sorts'])
    : random.pick(['answers-inside', 'reports-inside', 'reports-outside', 'answers-early', 'sorts'])
}

function drawSchema(random: Random, quiet: boolean): SchemaKind {
  if (!random.chance(200)) return 'none'
  return quiet ? random.pick(['sync', 'async']) : random.pick(['sync', 'async', 'hangs'])
}

function drawThrottled(random: Random, timeoutMs: number): Scenario['throttled'] {
  const from = random.below(random.pick([20, 300, timeoutMs]))
  return { from, until: from + random.between(500, timeoutMs) }
}

/** Hundreds of messages in one event of one host, slow claims, a short timeout; one trouble at most. */
function enlarge(random: Random, small: Scenario): Scenario {
  const timeoutMs = random.pick([3000, 5000])
  const trouble = random.pick(['none', 'none', 'throttled', 'statements', 'schema', 'cpu'] as const)
  const rates = noFaults()
  if (trouble === 'statements') rates.statementError = random.between(20, 200)
  const marginMs = 2 * small.clockErrorMs
  return {
    ...small,
    messages: manyMessages(random.between(60, 240)),
    fifo: false,
    hosts: 1,
    invocationsPerHost: 1,
    maxSkewMs: random.pick([0, small.maxSkewMs]),
    timeoutMs,
    environment: 'lambda',
    batchSize: 10_000,
    batchWindowMs: 0,
    visibilityMs: timeoutMs + small.leaseGraceMs + marginMs + 2 * small.clockErrorMs + 1000,
    longVisibility: true,
    maxReceiveCount: 1_000_000,
    face: random.pick(['sqsHandler', 'sqsHandler', 'middleware']),
    company: 'none',
    schema: trouble === 'schema' ? random.pick(['async', 'hangs']) : 'none',
    batching: true,
    cached: false,
    ttlMs: 14 * 86_400_000,
    concurrency: random.pick([2, 10]),
    maxAttempts: undefined,
    onStoreUnavailable: 'fail',
    deadlineReserveMs: 1500,
    handlerMs: random.pick([2, 100, 300]),
    cpuMs: trouble === 'cpu' ? random.between(1, 30) : undefined,
    wayMs: random.pick([[1, 8] as const, [60, 90] as const]),
    rates,
    throttled: trouble === 'throttled' ? drawThrottled(random, timeoutMs) : undefined,
    large: true,
    faultsStopAfter: random.between(5_000, 20_000),
    batchDenied: 'no',
    ttlDeletes: false,
    resendAfterMs: 0,
  }
}
