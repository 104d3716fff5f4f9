import { dynamoClient } from '../servers/clients.ts'
import { startDynamoDb } from '../servers/dynamodb.ts'
import { createTable } from '../servers/table.ts'
import { installClock, removeClock } from './clock.ts'
import { loadInvokeStore, setManagedInstances } from './managed-instances.ts'
import type { Scenario } from './scenario.ts'
import { type Finding, Stage } from './stage.ts'
import type { Subject, SubjectName } from './subject.ts'
import { BlackHole } from './wire.ts'

/** A scenario that takes longer than this does not end. */
const SCENARIO_LIMIT_MS = 60_000

export interface Row {
  readonly scenario: string
  readonly title: string
  readonly findings: Partial<Record<SubjectName, Finding>>
  /** What oncekit is known to fall short in. */
  readonly shortfall?: Scenario['shortfall']
}

/** Plays every scenario with every subject on one real local server. Throws when a scenario could not be played. */
export async function runScenarios(
  scenarios: readonly Scenario[],
  subjects: readonly Subject[],
  progress: (line: string) => void = () => {},
): Promise<Row[]> {
  await loadInvokeStore()
  const server = await startDynamoDb()
  const hole = new BlackHole()
  const quiet = silenceConsole()
  try {
    await hole.open()
    const client = dynamoClient(server.endpoint)
    for (const { name } of subjects) await createTable(client, `compare-${name}`)
    client.destroy()
    const rows: Row[] = []
    for (const scenario of scenarios) {
      const findings: Partial<Record<SubjectName, Finding>> = {}
      for (const subject of subjects) {
        progress(`${scenario.name}: ${subject.name}`)
        findings[subject.name] = await play(scenario, subject, server.endpoint, hole)
      }
      const { name, title, shortfall } = scenario
      rows.push({ scenario: name, title, findings, ...(shortfall === undefined ? {} : { shortfall }) })
    }
    return rows
  } finally {
    quiet()
    await hole.close()
    await server.stop()
  }
}

async function play(
  scenario: Scenario,
  subject: Subject,
  endpoint: string,
  hole: BlackHole,
): Promise<Finding> {
  const table = `compare-${subject.name}`
  const stage = new Stage(
    { subject, endpoint, hole, table, scenario: scenario.name },
    scenario.settings ?? {},
  )
  const limit = Promise.withResolvers<never>()
  const timer = setTimeout(() => limit.reject(new Error('took longer than a minute')), SCENARIO_LIMIT_MS)
  installClock()
  const restore = scenario.settings?.managedInstances ? setManagedInstances() : () => {}
  try {
    return await Promise.race([scenario.play(stage), limit.promise])
  } catch (error) {
    throw new Error(`Scenario ${scenario.name} could not be played with ${subject.name}.`, { cause: error })
  } finally {
    restore()
    removeClock()
    clearTimeout(timer)
    stage.close()
  }
}

/** Subjects warn on the console by default; the table must stay readable. */
function silenceConsole(): () => void {
  const { log, info, warn, error, debug } = console
  const nothing = () => {}
  Object.assign(console, { log: nothing, info: nothing, warn: nothing, error: nothing, debug: nothing })
  return () => Object.assign(console, { log, info, warn, error, debug })
}
