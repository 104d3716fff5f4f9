import type { StandardSchemaV1 } from '../../src/options/standard-schema.ts'
import type { Host } from './host.ts'
import type { Simulation } from './simulation.ts'

/** How long an asynchronous schema takes, ms. */
const VALIDATION_MS = 10

/** The function's schema by the scenario: at once, later, or now and then never. */
export function schemaOf(simulation: Simulation, host: Host): StandardSchemaV1 | undefined {
  const { world } = simulation
  const kind = simulation.scenario.schema
  if (kind === 'none') return undefined
  const validate = (value: unknown) => {
    if (kind === 'sync') return { value }
    world.coverage.hit('slowSchema')
    const hangs = kind === 'hangs' && !simulation.peace && world.random.chance(100)
    return new Promise<{ readonly value: unknown }>((resolve) => {
      if (hangs) world.coverage.hit('schemaHangs')
      else host.after(VALIDATION_MS, 'handler', () => resolve({ value }))
    })
  }
  return { '~standard': { version: 1, vendor: 'simulation', validate } }
}
