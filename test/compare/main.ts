import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { parseArgs } from 'node:util'
import { versions } from '../bench/versions.ts'
import { regressionsOf } from './regressions.ts'
import { compareReport } from './report.ts'
import { runScenarios } from './run.ts'
import { SCENARIOS } from './scenarios/index.ts'
import { loadSubjects } from './subjects/index.ts'

const HELP = `npm run compare -- [options]

Plays ${SCENARIOS.length} ways to lose or repeat work, each with oncekit, with Powertools (idempotency + batch) and with Middy's
sqs-partial-batch-failure, in the configuration that their documentation recommends, on the embedded DynamoDB-compatible
server, and prints what became of the messages. Ends with 0 when every scenario could be played and oncekit did in each
what is expected of it; what comes of the others is recorded as observed.

  --only NAME      scenarios whose name has NAME in it; may be repeated
  --subject NAME   oncekit, powertools or middy; may be repeated (default: all)
  --list           print the scenarios and end
  --json FILE      write the outcomes to FILE
  --help           this text
`

const values = await readArguments()
if (values.list) {
  for (const { name, title } of SCENARIOS) process.stdout.write(`${name}: ${title}\n`)
} else {
  const rows = await runScenarios(values.scenarios, values.subjects, progress)
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[2K')
  if (values.json) {
    await mkdir(dirname(values.json), { recursive: true })
    await writeFile(
      values.json,
      `${JSON.stringify({ versions: versions(), node: process.version, rows }, null, 2)}\n`,
    )
  }
  process.stdout.write(compareReport(rows, values.subjects, versions(), process.version))
  const regressions = regressionsOf(rows)
  for (const line of regressions) process.stderr.write(`${line}\n`)
  // Frozen and hanging hosts are part of the play and would keep the process.
  process.exit(regressions.length > 0 ? 1 : 0)
}

async function readArguments() {
  try {
    const { values: given } = parseArgs({
      options: {
        only: { type: 'string', multiple: true, default: [] },
        subject: { type: 'string', multiple: true, default: [] },
        list: { type: 'boolean', default: false },
        json: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    })
    if (given.help) {
      process.stdout.write(HELP)
      process.exit(0)
    }
    const scenarios = SCENARIOS.filter(
      ({ name }) => given.only.length === 0 || given.only.some((text) => name.includes(text)),
    )
    if (scenarios.length === 0) {
      throw new Error(
        `--only is ${JSON.stringify(given.only)}; no scenario has that in its name (see --list).`,
      )
    }
    return { ...given, scenarios, subjects: await loadSubjects(given.subject) }
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`)
    process.exit(2)
  }
}

function progress(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${line}`)
}
