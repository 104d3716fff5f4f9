import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { dynamoClient } from '../servers/clients.ts'
import { startDynamoDb } from '../servers/dynamodb.ts'
import { createTable } from '../servers/table.ts'
import { bundleWorker } from './bundle.ts'
import { allCells, type Cell, type CellResult, countedShapes } from './cells.ts'
import { charts } from './charts.ts'
import { GOALS, judge } from './goals.ts'
import { measureMemory } from './memory.ts'
import { type BenchOptions, readOptions } from './options.ts'
import { startDelayProxy, tableOf } from './process.ts'
import { report } from './report.ts'
import type { Results } from './results.ts'
import { countShapes, type Ground, timeCells } from './run-cells.ts'
import { machine, versions } from './versions.ts'

const options = readOptions(process.argv.slice(2))
const folder = await mkdtemp(join(tmpdir(), 'oncekit-bench-'))
const server = await startDynamoDb()
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void Promise.allSettled([server.stop(), rm(folder, { recursive: true, force: true })]).then(() =>
      process.exit(130),
    )
  })
}

try {
  const results = await bench(options)
  if (options.json) await write(options.json, `${JSON.stringify(results, null, 2)}\n`)
  if (options.charts) {
    const target = typeof options.charts === 'string' ? options.charts : ''
    for (const [name, svg] of charts(results)) await write(join(target, `${name}.svg`), svg)
  }
  process.stdout.write(report(results))
  const missed = GOALS.filter((goal) => judge(goal, results).verdict === 'missed')
  if (options.strict && missed.length > 0) process.exitCode = 1
} finally {
  await server.stop()
  await rm(folder, { recursive: true, force: true })
}

async function bench({ subjects, quick, parts, only }: BenchOptions): Promise<Results> {
  const client = dynamoClient(server.endpoint)
  const bundles: Record<string, string> = {}
  for (const subject of subjects) {
    progress(`bundling ${subject}`)
    bundles[subject] = await bundleWorker(subject, folder)
    await createTable(client, tableOf(subject))
  }
  client.destroy()
  const ground: Ground = { subjects, bundles, endpoint: server.endpoint, progress }
  const matches = ({ id }: { id: string }) => only.length === 0 || only.some((text) => id.includes(text))
  const cells = parts.has('time') ? allCells(quick).filter(matches) : []
  const counted = countedShapes(quick ? [1, 10, 100] : [1, 10, 100, 10_000])
  const wanted = counted.filter((shape) => matches({ id: `${shape.size}-${shape.state}` }))
  return {
    at: new Date().toISOString(),
    machine: machine(),
    versions: versions(),
    counts: parts.has('count') ? await countShapes(ground, wanted) : [],
    cells: await atEachDistance(ground, cells),
    memory: parts.has('memory') ? await measureMemory(ground, quick ? 1 : 3) : {},
  }
}

async function atEachDistance(ground: Ground, cells: readonly Cell[]): Promise<CellResult[]> {
  const results: CellResult[] = []
  for (const [delayMs, group] of Map.groupBy(cells, (cell) => cell.delayMs)) {
    if (delayMs === 0) {
      results.push(...(await timeCells(ground, server.endpoint, group)))
      continue
    }
    const proxy = await startDelayProxy(server.endpoint, delayMs)
    try {
      results.push(...(await timeCells(ground, proxy.endpoint, group)))
    } finally {
      await proxy.stop()
    }
  }
  return results
}

function progress(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${line}`)
  else process.stderr.write(`${line}\n`)
}

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, text)
  process.stderr.write(`\nwrote ${file.replace(fileURLToPath(new URL('../../', import.meta.url)), '')}\n`)
}
