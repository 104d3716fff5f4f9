import { PermanentError } from '../../src/index.ts'
import type { SqsRecord } from '../../src/protocol/sqs-record.ts'
import type { Execution } from './checks/claims.ts'
import type { Host } from './host.ts'
import type { Simulation } from './simulation.ts'

/** A new one each time: what waits for a promise that never settles is kept as long as that promise is. */
const never = (): Promise<never> => new Promise(() => {})

/**
 * The user's handler of one message: performs one effect at a random moment, and may throw before or after it, hang,
 * run long, change its input, or stop when it is told to.
 */
export async function runUserCode(
  simulation: Simulation,
  host: Host,
  record: SqsRecord,
  fence: number | undefined,
  signal: AbortSignal | undefined,
): Promise<string> {
  const { checker, world, scenario } = simulation
  const { random } = world
  if (!host.step('handler')) return never()
  const execution = checker.started(host, record.receiptHandle, record.messageId, fence)
  if (execution === undefined) return never()
  const { rates } = simulation
  if (random.chance(rates.mutate)) {
    record.body = 'changed by the handler'
    record.messageId = 'changed'
    record.attributes.ApproximateReceiveCount = '99'
  }
  // Where nothing ends it, it may outlive its deadline for long.
  const longest = scenario.environment === 'managed' ? scenario.timeoutMs + 20_000 : scenario.timeoutMs
  const usual = random.chance(rates.longRun) ? longest : scenario.handlerMs
  // Where everything must get through, handlers fit into their time.
  const long = simulation.peace ? Math.min(usual, 20) : usual
  if (scenario.cpuMs !== undefined) return keepBusy(simulation, execution, scenario.cpuMs)
  try {
    await sleep(host, random.below(long + 1), scenario.heedsSignal ? signal : undefined)
    if (simulation.fails?.(execution.messageId, checker.executions.runsOf(execution))) {
      throw new Error('the effect failed')
    }
    if (random.chance(rates.throwBefore)) throw new Error('the effect failed')
    if (random.chance(rates.permanent)) throw new PermanentError('this order can never be charged')
    if (random.chance(rates.hang)) return await never()
    if (!host.step('effect')) return await never()
    checker.effect(execution)
    if (random.chance(500)) await sleep(host, random.below(long + 1), undefined)
    if (random.chance(rates.hang)) return await never()
    if (random.chance(rates.throwAfter)) throw new Error('failed after the effect')
    if (!host.step('handler')) return await never()
  } catch (error) {
    end(simulation, execution, 'error')
    throw error
  }
  end(simulation, execution, 'success')
  return 'charged'
}

/** A handler that never leaves the microtask queue, and keeps the processor meanwhile. */
async function keepBusy(simulation: Simulation, execution: Execution, cpuMs: number): Promise<string> {
  const { checker, world } = simulation
  if (!execution.host.step('effect')) return never()
  checker.effect(execution)
  world.burn(cpuMs)
  checker.breaker.busy(execution.invocation, cpuMs)
  await Promise.resolve()
  if (execution.host.dead) return never()
  end(simulation, execution, 'success')
  return 'charged'
}

function end(simulation: Simulation, execution: Execution, how: 'success' | 'error'): void {
  if (execution.host.dead) return
  simulation.checker.ended(execution, how)
}

function sleep(host: Host, ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    host.after(ms, 'handler', resolve)
    signal?.addEventListener('abort', () => reject(new Error('told to stop')), { once: true })
    if (signal?.aborted) reject(new Error('told to stop'))
  })
}
