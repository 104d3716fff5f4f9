import partialBatchFailure from '@middy/sqs-partial-batch-failure'
import type { SqsRecord } from '../../src/protocol/sqs-record.ts'
import type { Invocation } from './invocation.ts'
import type { Simulation } from './simulation.ts'

/** What the others on the handler use of Middy's request. */
interface Request {
  event: { readonly Records: SqsRecord[] }
  response?: unknown
  error?: unknown
}

interface Middleware {
  before?(request: Request): unknown
  after?(request: Request): unknown
  onError?(request: Request): unknown
}

interface Neighbours {
  readonly outside: readonly Middleware[]
  readonly inside: readonly Middleware[]
}

/** The invocation of an event, by the receipts of its records. */
export function invocationOf(
  simulation: Simulation,
  records: readonly { readonly receiptHandle: string }[],
): Invocation | undefined {
  return simulation.checker.invocations.get(Number(records[0]?.receiptHandle.split(':')[0]))
}

/** Whether the company does its worst in this invocation; never where everything must get through. */
function strikes({ peace, scenario, world }: Simulation, perMille: number): boolean {
  return !peace && !scenario.quiet && world.random.chance(perMille)
}

/** Throws in the handler's place, now and then, where somebody listens for it. */
export function failNowAndThen(simulation: Simulation, records: readonly SqsRecord[]): void {
  if (!simulation.scenario.company.startsWith('reports') || !strikes(simulation, 250)) return
  simulation.world.coverage.hit('companyAnswered')
  const invocation = invocationOf(simulation, records)
  if (invocation !== undefined) invocation.interfered = true
  throw new Error('the handler fails as a whole')
}

/** Reports more than what failed: the handler's right. */
export function addFailures(
  simulation: Simulation,
  records: readonly SqsRecord[],
  response: unknown,
): unknown {
  if (simulation.scenario.company !== 'adds-failures' || !strikes(simulation, 400)) return response
  const invocation = invocationOf(simulation, records)
  const [first] = invocation?.batch.records ?? []
  if (invocation === undefined || first === undefined) return response
  simulation.world.coverage.hit('companyAnswered')
  invocation.interfered = true
  const { batchItemFailures } = response as { batchItemFailures: { itemIdentifier: string }[] } // Lambda's own shape.
  const { id } = first.message.plan
  invocation.mustReport.add(id)
  return {
    batchItemFailures: [
      { itemIdentifier: id },
      ...batchItemFailures.filter((one) => one.itemIdentifier !== id),
    ],
  }
}

/** The middlewares beside ours, by the scenario. */
export function neighbours(simulation: Simulation): Neighbours {
  switch (simulation.scenario.company) {
    case 'answers-inside':
      return { outside: [], inside: [partialBatchFailure({ logger: () => {} }) as Middleware] }
    case 'reports-inside':
      return { outside: [], inside: [reports] }
    case 'reports-outside':
      return { outside: [reports], inside: [] }
    case 'answers-early':
      return { outside: [], inside: [answersEarly(simulation)] }
    case 'sorts':
      return { outside: [], inside: [sorts] }
    default:
      return { outside: [], inside: [] }
  }
}

/** Reports all that it sees: after ours has narrowed the event, that need not be all. */
const reports: Middleware = {
  onError(request) {
    const ids = new Set(request.event.Records.map(({ messageId }) => messageId))
    request.response = { batchItemFailures: Array.from(ids, (itemIdentifier) => ({ itemIdentifier })) }
  },
}

const sorts: Middleware = {
  before({ event }) {
    event.Records.sort((one, other) => (one.body < other.body ? 1 : one.body > other.body ? -1 : 0))
  },
}

function answersEarly(simulation: Simulation): Middleware {
  return {
    before({ event }) {
      if (!strikes(simulation, 300)) return undefined
      simulation.world.coverage.hit('companyAnswered')
      const invocation = invocationOf(simulation, event.Records)
      if (invocation !== undefined) invocation.interfered = true
      return { batchItemFailures: [] }
    },
  }
}
