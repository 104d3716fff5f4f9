import { drawScenario } from './scenario.ts'
import { Simulation, type SimulationResult } from './simulation.ts'
import { World } from './world.ts'

/** Worlds that take turns in one thread. None sees another; it only saves turns of the event loop. */
const WORLDS_AT_ONCE = 16

/** Runs one seed. The same seed gives the same hash, steps and trace, on every machine. */
export function runSeed(seed: number, tracing = false): Promise<SimulationResult> {
  return new Simulation(drawScenario(seed), { tracing }).run()
}

/**
 * Runs the seeds `from` to `to - 1` and hands over each result. Stops early when `accept` returns false.
 * An unhandled rejection counts as a broken invariant of the world whose turn it was.
 */
export async function runSeeds(
  from: number,
  to: number,
  accept: (result: SimulationResult) => boolean,
): Promise<void> {
  let next = from
  let wanted = true
  const lane = async (): Promise<void> => {
    while (wanted && next < to) {
      const seed = next++
      if (!accept(await runSeed(seed))) wanted = false
    }
  }
  const unhandled = (reason: unknown): void => {
    World.current?.fail('unhandled', `a rejection that nobody handles: ${String(reason)}`)
  }
  process.on('unhandledRejection', unhandled)
  try {
    await Promise.all(Array.from({ length: WORLDS_AT_ONCE }, lane))
  } finally {
    process.off('unhandledRejection', unhandled)
  }
}
