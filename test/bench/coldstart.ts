import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { dynamoClient } from '../servers/clients.ts'
import { startDynamoDb } from '../servers/dynamodb.ts'
import { createTable } from '../servers/table.ts'
import { buildForms, compilePackage, type Forms } from './coldstart/build.ts'
import { type ColdResults, coldReport } from './coldstart/report.ts'
import { measureSizes, type Sizes } from './coldstart/sizes.ts'
import { measureTimes } from './coldstart/times.ts'
import { tableOf } from './process.ts'
import { SUBJECTS, type SubjectName } from './subject.ts'
import { machine, versions } from './versions.ts'

const HELP = `npm run bench:coldstart -- [options]

Weighs the minified bundle of a minimal handler (own share beside the AWS SDK and Middy) and times cold starts in
fresh processes: import of the own share, bundled and unbundled, and the first batch. oncekit, its peer and the floor
in alternation.

  --runs N       cold starts per subject and form, 15 or more (default 21)
  --parts        list the files of oncekit's own share by weight
  --json FILE    write every number to FILE
  --help         this text
`

const { values } = readArguments()
// Below node_modules, so that bare imports of the built files are found.
const cache = fileURLToPath(new URL('../../node_modules/.cache/', import.meta.url))
await mkdir(cache, { recursive: true })
const folder = await mkdtemp(join(cache, 'oncekit-coldstart-'))
const server = await startDynamoDb()
const clean = async () => {
  await server.stop()
  await rm(folder, { recursive: true, force: true })
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void clean().finally(() => process.exit(130)))
}

try {
  const sizes: Partial<Record<SubjectName, Sizes>> = {}
  const forms = new Map<SubjectName, Forms>()
  progress('compiling oncekit')
  const packageFile = await compilePackage(folder)
  const client = dynamoClient(server.endpoint)
  for (const subject of SUBJECTS) {
    progress(`bundling ${subject}`)
    sizes[subject] = await measureSizes(subject)
    forms.set(subject, await buildForms(subject, folder, packageFile))
    await createTable(client, tableOf(subject))
  }
  client.destroy()
  const times = await measureTimes({ folder, endpoint: server.endpoint, forms, runs: values.runs, progress })
  const results: ColdResults = {
    at: new Date().toISOString(),
    machine: machine(),
    versions: versions(),
    sizes,
    times,
  }
  if (values.json) await writeFile(values.json, `${JSON.stringify(results, null, 2)}\n`)
  process.stdout.write(coldReport(results, values.parts))
} finally {
  await clean()
}

function readArguments() {
  try {
    const { values: given } = parseArgs({
      options: {
        runs: { type: 'string', default: '21' },
        parts: { type: 'boolean', default: false },
        json: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    })
    if (given.help) {
      process.stdout.write(HELP)
      process.exit(0)
    }
    const runs = Number(given.runs)
    if (!Number.isInteger(runs) || runs < 15 || runs > 1_000) {
      throw new Error(`--runs is ${JSON.stringify(given.runs)}; it must be a whole number from 15 to 1000.`)
    }
    return { values: { ...given, runs } }
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`)
    process.exit(2)
  }
}

function progress(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${line}`)
  else process.stderr.write(`${line}\n`)
}
