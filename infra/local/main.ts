import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dynamoClient, sqsClient } from '../../test/servers/clients.ts'
import { startDynamoDb } from '../../test/servers/dynamodb.ts'
import { startSqs } from '../../test/servers/sqs.ts'
import { readAssembly } from './assembly.ts'
import { BACK_AFTER_SECONDS } from './bring-back.ts'
import { problemsOf } from './check.ts'
import { exampleMessages } from './messages.ts'
import { HELP, type LocalOptions, readOptions } from './options.ts'
import { progressLine } from './progress.ts'
import { toJson, toText } from './report.ts'
import { runStack } from './run.ts'
import { makeStack } from './stack.ts'
import { synthesise } from './synthesise.ts'

const EXIT = { ok: 0, failed: 1, usage: 2, interrupted: 130 } as const

/** Runs the command; returns its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  let options: LocalOptions | undefined
  try {
    options = readOptions(args)
  } catch (error) {
    console.error(`${text(error)}\n\n${HELP}`)
    return EXIT.usage
  }
  if (!options) {
    console.log(HELP)
    return EXIT.ok
  }
  const interrupted = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.abort())
  try {
    return await run(options, interrupted.signal)
  } catch (error) {
    if (interrupted.signal.aborted) return EXIT.interrupted
    console.error(`The stack could not be run here: ${text(error)}`)
    return EXIT.failed
  }
}

async function run(options: LocalOptions, signal: AbortSignal): Promise<number> {
  const started: (() => Promise<unknown>)[] = []
  try {
    const folder = await mkdtemp(join(tmpdir(), 'oncekit-infra-'))
    started.push(() => rm(folder, { recursive: true, force: true }))
    if (options.assembly === undefined) console.error('Synthesising …')
    const assembly = await readAssembly(options.assembly ?? (await synthesise()))
    const database = await startDynamoDb()
    started.push(() => database.stop())
    const queueServer = await startSqs()
    started.push(() => queueServer.stop())
    const dynamodb = dynamoClient(database.endpoint)
    const sqs = sqsClient(queueServer.endpoint)
    started.push(async () => {
      dynamodb.destroy()
      sqs.destroy()
    })
    const stack = await makeStack(assembly, dynamodb, sqs)
    const messages = await exampleMessages(options.messages)
    console.error(
      `${assembly.stackName}: ${stack.tables.length} table, ${stack.pairs.length} functions. ${messages.length} messages to each queue. Reported ones come back after ${BACK_AFTER_SECONDS} s, not after the visibility timeout, to save time.`,
    )
    const progress = progressLine(process.stderr)
    const began = performance.now()
    const results = await runStack({
      stack,
      messages,
      options,
      dynamodb,
      dynamodbEndpoint: database.endpoint,
      sqs,
      folder,
      signal,
      onProgress: progress.show,
    })
    progress.end()
    if (signal.aborted) return EXIT.interrupted
    const seconds = (performance.now() - began) / 1000
    const problems = results.flatMap(problemsOf)
    console.log(options.json ? toJson(results, problems, seconds) : toText(results, seconds))
    if (options.json) return problems.length === 0 ? EXIT.ok : EXIT.failed
    for (const problem of problems) console.log(`FAILED ${problem}`)
    if (problems.length === 0)
      console.log(
        'ok: every valid order took effect once in each function, the invalid ones are dead letters, every record has the window of its function.',
      )
    return problems.length === 0 ? EXIT.ok : EXIT.failed
  } finally {
    for (const end of started.reverse()) await end().catch(() => {})
  }
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
