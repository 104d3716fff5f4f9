import { drawRates, noFaults, type Rates } from './faults.ts'
import { Random } from './random.ts'

/** One message that a producer sends. */
export interface MessagePlan {
  readonly id: string
  readonly key: string
  readonly body: string
  readonly group: string
  /** Virtual ms after the start. */
  readonly sentAfter: number
}

/** Everything that a seed decides before anything happens. */
export interface Scenario {
  readonly seed: number
  readonly messages: readonly MessagePlan[]
  readonly fifo: boolean
  /** Environments at once. */
  readonly hosts: number
  /** Invocations interleaved in one environment (Lambda Managed Instances). */
  readonly invocationsPerHost: number
  /** Wall clocks of hosts are off by at most this, ms. */
  readonly maxSkewMs: number
  readonly timeoutMs: number
  /** No Lambda context: nobody knows the end, and leases are extended while handlers run. */
  readonly openEnded: boolean
  /** The platform kills at the deadline, at most 0.7 s late. Without it only what needs no clock is checked. */
  readonly hardKill: boolean
  readonly batchSize: number
  readonly batchWindowMs: number
  readonly visibilityMs: number
  readonly maxReceiveCount: number
  readonly face: 'sqsHandler' | 'middleware' | 'whole-batch'
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
  /** Whether a handler stops when its signal aborts. */
  readonly heedsSignal: boolean
  readonly rates: Rates
  /** No fault at all: every message must be handled once, at its first delivery. */
  readonly quiet: boolean
  /** Faults stop then, and everything must drain. Virtual ms after the start; `undefined`: they never stop. */
  readonly faultsStopAfter: number | undefined
  readonly statementReturnsItem: boolean
  readonly batchDenied: 'no' | 'request' | 'statement'
  /** DynamoDB deletes what its `ttl` allows. */
  readonly ttlDeletes: boolean
  /** A message that was given up is sent once more, this long after. 0: never. */
  readonly resendAfterMs: number
  /** Whether I10's condition on the visibility timeout holds. */
  readonly longVisibility: boolean
}

const FACES = ['sqsHandler', 'sqsHandler', 'sqsHandler', 'middleware', 'whole-batch'] as const

/** Draws the scenario of a seed. Three seeds in a hundred have no faults at all. */
export function drawScenario(seed: number): Scenario {
  const random = new Random(seed, 0)
  const quiet = random.chance(30)
  const fifo = random.chance(300)
  const openEnded = random.chance(80)
  const hardKill = openEnded || !random.chance(200)
  const liveness = random.chance(300)
  const clockErrorMs = random.pick([1000, 1000, 1000, 200, 0])
  const marginMs = 2 * clockErrorMs
  const leaseGraceMs = random.pick([1000, 1000, 1500])
  const timeoutMs = openEnded ? 150_000 : random.pick([3000, 5000, 6000, 10_000])
  const batchWindowMs = random.pick([0, 0, 200, 2000])
  const longVisibility = quiet || random.chance(500)
  // I10's condition, and twice the clock error for the two clocks that are compared.
  const safe = timeoutMs + batchWindowMs + leaseGraceMs + marginMs + 2 * clockErrorMs
  const leaseMs = (openEnded ? 60_000 : timeoutMs) + leaseGraceMs
  const shortWindow = !quiet && random.chance(350)
  const skewed = !quiet && random.chance(700)
  const wild = skewed && !liveness && random.chance(hardKill ? 100 : 500)
  const face = random.pick(FACES)
  const rates = quiet ? noFaults() : drawRates(random, random.pick([70, 170, 400]))
  const onStoreUnavailable = !quiet && random.chance(120) ? 'run' : 'fail'
  // What ran without a record asks for one afterwards, and rightly takes what carries its own token.
  if (onStoreUnavailable === 'run') rates.changeHands = 0
  const cached = !wild && random.chance(120)
  if (cached) {
    // What somebody else does to a completed record is not seen from memory; the store's documentation says so.
    rates.deleteRecord = 0
    rates.foreignRecord = 0
  }
  // Where leases must be extended, standing still is what endangers them.
  if (openEnded && !quiet && random.chance(400)) rates.stall = random.between(200, 600)
  return {
    seed,
    messages: drawMessages(random, fifo, quiet),
    fifo,
    hosts: random.pick([1, 2, 2, 3, 4]),
    // A handler of the whole batch is not told its claims, so the checker must know its invocation.
    invocationsPerHost: face !== 'whole-batch' && random.chance(150) ? 3 : 1,
    maxSkewMs: wild ? 20_000 : skewed ? clockErrorMs : 0,
    timeoutMs,
    openEnded,
    hardKill,
    batchSize: random.pick([1, 2, 10, 10]),
    batchWindowMs,
    visibilityMs: longVisibility
      ? safe + random.pick([1, 1000, 30_000])
      : timeoutMs + random.pick([0, 500, 1000]),
    longVisibility,
    maxReceiveCount: liveness ? 1_000_000 : random.pick([3, 5, 8]),
    face,
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
    handlerMs: quiet
      ? 10
      : openEnded
        ? random.pick([20_000, 100_000])
        : random.pick([2, 20, 300, timeoutMs >> 1]),
    heedsSignal: random.chance(500),
    rates,
    quiet,
    faultsStopAfter: liveness ? random.between(5_000, 60_000) : undefined,
    statementReturnsItem: random.chance(500),
    batchDenied: quiet ? 'no' : random.pick(['no', 'no', 'no', 'no', 'no', 'no', 'request', 'statement']),
    ttlDeletes: random.chance(600),
    resendAfterMs: random.chance(400) ? random.between(1, 120_000) : 0,
  }
}

function drawMessages(random: Random, fifo: boolean, quiet: boolean): readonly MessagePlan[] {
  const messages: MessagePlan[] = []
  const count = random.pick([1, 2, 2, 3, 4, 4])
  // Two messages of one key may meet, and then one is rightly reported as busy.
  const sharing = !quiet && random.chance(300)
  const differing = random.chance(150)
  const groups = fifo ? random.between(1, 2) : 1
  const spread = random.pick([0, 0, 50, 3_000, 60_000, 7_200_000])
  for (let number = 0; number < count; number++) {
    const shared = sharing && number > 0 && random.chance(600)
    const key = shared ? `key-${random.below(number)}` : `key-${number}`
    const body = `{"key":"${key}"${shared && differing ? `,"other":${number}` : ''}}`
    messages.push({
      id: `message-${number}`,
      key,
      body,
      group: `group-${random.below(groups)}`,
      sentAfter: random.below(spread + 1),
    })
  }
  // A FIFO queue keeps the order of sending.
  if (fifo) messages.sort((one, other) => one.sentAfter - other.sentAfter)
  return messages
}
