import { noFaults } from './faults.ts'
import type { Host, Step } from './host.ts'
import { drawScenario, type Scenario } from './scenario.ts'
import { Simulation, type SimulationOptions } from './simulation.ts'
import type { Violation } from './violation.ts'

/** Where hosts die: the numbers of the steps, counted over all hosts from the first invocation on. */
export type CrashPlan = readonly number[]

export interface CrashRun {
  readonly plan: CrashPlan
  /** Steps that hosts took, up to and including the last crash. */
  readonly steps: readonly Step[]
  /** Effects beyond one per message. */
  readonly extraEffects: number
  /** Crashes between an effect and its completion. */
  readonly crashesAfterEffect: number
  readonly broken: string | undefined
}

export interface CrashReport {
  readonly points: number
  readonly pairs: number
  readonly runs: number
  readonly extraEffects: number
  /** The plans that broke the oracle. */
  readonly broken: readonly CrashRun[]
}

const FRESH = 'message-fresh'
const REDELIVERED = 'message-redelivered'
const FAILING = 'message-failing'

/**
 * Three messages in one batch: one fresh, one whose first attempt died with its host, one whose handler throws at its
 * first attempt. No fault but the crashes, so every extra effect must be explained by one of them.
 */
function scenario(face: Scenario['face']): Scenario {
  const message = (id: string, key: string) => ({
    id,
    key,
    body: `{"key":"${key}"}`,
    group: 'group',
    sentAfter: 0,
  })
  return {
    ...drawScenario(1),
    seed: 1,
    messages: [message(FRESH, 'fresh'), message(REDELIVERED, 'redelivered'), message(FAILING, 'failing')],
    fifo: false,
    hosts: 1,
    invocationsPerHost: 1,
    maxSkewMs: 0,
    timeoutMs: 3000,
    environment: 'lambda',
    batchSize: 10,
    batchWindowMs: 0,
    visibilityMs: 20_000,
    longVisibility: true,
    maxReceiveCount: 1_000,
    face,
    company: 'none',
    schema: 'none',
    batching: true,
    cached: false,
    ttlMs: 14 * 86_400_000,
    concurrency: 10,
    fifoStops: 'group',
    maxAttempts: undefined,
    onStoreUnavailable: 'fail',
    fingerprint: true,
    clockErrorMs: 1000,
    leaseGraceMs: 1000,
    deadlineReserveMs: 1000,
    handlerMs: 20,
    cpuMs: undefined,
    heedsSignal: false,
    wayMs: [1, 8],
    rates: noFaults(),
    quiet: false,
    oneFault: undefined,
    throttled: undefined,
    large: false,
    faultsStopAfter: undefined,
    statementReturnsItem: true,
    batchDenied: 'no',
    ttlDeletes: false,
    resendAfterMs: 0,
    corrected: false,
  }
}

/** What is fixed beside the crashes. */
const FIXED = {
  fails: (messageId: string, run: number) => messageId === FAILING && run === 1,
  deliveredBefore: REDELIVERED,
}

/** The world of the scenario, with the claim that the redelivered message's first owner left behind. */
function stuckWorld(face: Scenario['face'], options: SimulationOptions): Simulation {
  const simulation = new Simulation(scenario(face), { ...options, ...FIXED })
  const { state, world } = simulation
  const id = simulation.idOf('redelivered')
  const leaseUntil = world.time - 10_000
  state.table.replace(id, {
    id: { S: id },
    schemaVersion: { N: '1' },
    status: { S: 'IN_PROGRESS' },
    owner: { S: 'a host that died' },
    fence: { N: String(leaseUntil - 4_000) },
    attempts: { N: '1' },
    leaseUntil: { N: String(leaseUntil) },
    expiresAt: { N: String(leaseUntil + 86_400_000) },
    ttl: { N: String(Math.ceil((leaseUntil + 90_000_000) / 1000)) },
  })
  return simulation
}

/** Runs the scenario with crashes before the steps of the plan, then to its end by redelivery. */
export async function runCrashPlan(
  plan: CrashPlan,
  face: Scenario['face'] = 'sqsHandler',
): Promise<CrashRun> {
  const steps: Step[] = []
  let crashesAfterEffect = 0
  const last = plan.at(-1)
  const simulation: Simulation = stuckWorld(face, {
    watch(host: Host, step: Step): boolean {
      steps.push(step)
      if (!plan.includes(steps.length)) return true
      crashesAfterEffect += simulation.checker.executions.unconfirmedEffectsOf(host)
      return false
    },
  })
  const { violation, effects } = await simulation.run()
  const extraEffects = effects - 3
  return {
    plan,
    steps: last === undefined ? steps : steps.slice(0, last),
    extraEffects,
    crashesAfterEffect,
    broken: judge(simulation, violation, extraEffects, crashesAfterEffect),
  }
}

function judge(
  simulation: Simulation,
  violation: Violation | undefined,
  extraEffects: number,
  crashesAfterEffect: number,
): string | undefined {
  if (violation !== undefined) return `${violation.invariant}: ${violation.message}`
  const lost = simulation.queue.messages.filter(({ state }) => state !== 'deleted')
  if (lost.length > 0) return `not handled: ${lost.map(({ plan }) => plan.id).join(', ')}`
  if (extraEffects < 0) return 'an effect is missing'
  if (extraEffects > crashesAfterEffect) {
    return `${extraEffects} extra effects, ${crashesAfterEffect} crashes between an effect and its completion`
  }
  return undefined
}

/**
 * Every single crash point and every pair: each step of the run without a crash, then, for each of them, each step of
 * the run that follows it. `every`: only every so many pairs, for a short run.
 */
export async function enumerateCrashes(
  every = 1,
  face: Scenario['face'] = 'sqsHandler',
): Promise<CrashReport> {
  const whole = await runCrashPlan([], face)
  const broken: CrashRun[] = whole.broken === undefined ? [] : [whole]
  let pairs = 0
  let extraEffects = 0
  let skipped = 0
  const take = (run: CrashRun): void => {
    extraEffects += run.extraEffects
    if (run.broken !== undefined) broken.push(run)
  }
  for (let first = 1; first <= whole.steps.length; first++) {
    const single = await runCrashPlan([first], face)
    take(single)
    const total = await stepsAfter(first, face)
    for (let second = first + 1; second <= total; second++) {
      if (skipped++ % every !== 0) continue
      pairs++
      take(await runCrashPlan([first, second], face))
    }
  }
  return { points: whole.steps.length, pairs, runs: 1 + whole.steps.length + pairs, extraEffects, broken }
}

/** Steps of the whole run with one crash. */
async function stepsAfter(first: number, face: Scenario['face']): Promise<number> {
  let count = 0
  const simulation = stuckWorld(face, { watch: () => ++count !== first })
  await simulation.run()
  return count
}

/** Runs both faces and prints. @returns the exit code */
export async function reportCrashPoints(json: boolean): Promise<number> {
  let code = 0
  for (const face of ['sqsHandler', 'middleware'] as const) {
    const report = await enumerateCrashes(1, face)
    if (report.broken.length > 0) code = 1
    if (json) {
      process.stdout.write(`${JSON.stringify({ face, ...report })}\n`)
      continue
    }
    process.stdout.write(
      `${face}: ${report.points} crash points, ${report.pairs} pairs, ${report.runs} runs, ${report.extraEffects} extra effects, all explained: ${report.broken.length === 0}\n`,
    )
    for (const run of report.broken) {
      const where = run.plan.map((step) => `${step} (${run.steps[step - 1]})`).join(' and ')
      process.stdout.write(`  broken by a crash before step ${where}: ${run.broken}\n`)
    }
  }
  return code
}
