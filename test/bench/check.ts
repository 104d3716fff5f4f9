import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { dynamoClient } from '../servers/clients.ts'
import { startDynamoDb } from '../servers/dynamodb.ts'
import { createTable } from '../servers/table.ts'
import { bundleWorker } from './bundle.ts'
import type { CountRow } from './cells.ts'
import { SIZE_LIMITS } from './coldstart/report.ts'
import { measureSizes } from './coldstart/sizes.ts'
import type { BatchShape } from './events.ts'
import { tableOf } from './process.ts'
import { countShapes } from './run-cells.ts'
import { number, table } from './table.ts'

/** One line of the short check: what was counted, and what it may be. Never a time. */
export interface Check {
  readonly measure: string
  readonly value: number
  readonly limit: number
  readonly met: boolean
}

const COUNTED: readonly (BatchShape & { requests: number; writeUnits?: number; readUnits?: number })[] = [
  { size: 10, state: 'fresh', requests: 3, writeUnits: 2, readUnits: 0 },
  { size: 100, state: 'fresh', requests: 12, writeUnits: 2, readUnits: 0 },
  { size: 10, state: 'duplicates', requests: 1, writeUnits: 0, readUnits: 1 },
  // This server gives no item with an INSERT that is refused, so all are read once.
  { size: 10, state: 'sent-again', requests: 2, writeUnits: 1, readUnits: 1 },
  { size: 10, state: 'stuck', requests: 4 },
]

/** Requests and capacity units of oncekit, against the goals that hold on any machine. */
export async function useChecks(): Promise<Check[]> {
  const rows = await count()
  const checks: Check[] = []
  for (const { size, state, requests, writeUnits, readUnits } of COUNTED) {
    const of = rows.find((row) => row.id === `${size}-${state}`)?.subjects.oncekit
    checks.push(atMost(`requests, ${size} ${state}`, of?.requests, requests))
    const units = (kind: 'write' | 'read', used: number | undefined, limit: number | undefined) => {
      if (limit === undefined) return
      checks.push(atMost(`${kind} units per message, ${size} ${state}`, used && used / size, limit))
    }
    units('write', of?.writeUnits, writeUnits)
    units('read', of?.readUnits, readUnits)
  }
  return checks
}

/** Bytes of oncekit's own share of a minimal bundle, against what it had come down to. */
export async function sizeChecks(): Promise<Check[]> {
  const { ownBytes, ownGzipBytes } = await measureSizes('oncekit')
  return [
    atMost('own share of a minimal bundle, bytes', ownBytes, SIZE_LIMITS.ownBytes),
    atMost('own share of a minimal bundle, bytes after gzip', ownGzipBytes, SIZE_LIMITS.ownGzipBytes),
  ]
}

function atMost(measure: string, value: number | undefined, limit: number): Check {
  return { measure, value: value ?? NaN, limit, met: value !== undefined && value <= limit }
}

async function count(): Promise<CountRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'oncekit-check-'))
  const server = await startDynamoDb()
  try {
    const client = dynamoClient(server.endpoint)
    await createTable(client, tableOf('oncekit'))
    client.destroy()
    const bundles = { oncekit: await bundleWorker('oncekit', folder) }
    const ground = { subjects: ['oncekit'], bundles, endpoint: server.endpoint, progress: () => {} } as const
    return await countShapes(ground, COUNTED)
  } finally {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

const HELP = `node test/bench/check.ts

The short form of the benchmark for continuous integration: fails (1) when requests per batch, capacity units per
message are above their goals, or the bundle's own share is above what it had come down to. Takes no time into account.
`

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { help: { type: 'boolean', default: false } } })
  if (values.help) process.stdout.write(HELP)
  else {
    const checks = [...(await useChecks()), ...(await sizeChecks())]
    const rows = checks.map(({ measure, value, limit, met }) => [
      measure,
      number(value),
      `≤ ${limit}`,
      met ? 'met' : 'MISSED',
    ])
    process.stdout.write(`${table(['measure', 'counted', 'limit', ''], rows)}\n`)
    if (checks.some(({ met }) => !met)) process.exitCode = 1
  }
}
