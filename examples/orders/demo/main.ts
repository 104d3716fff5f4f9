import { once } from 'node:events'
import { check } from './check.ts'
import { demoFaults, summarise } from './fault-plan.ts'
import { readLines } from './input.ts'
import { type DemoOptions, HELP, readOptions } from './options.ts'
import { progressBar } from './progress.ts'
import { toJson, toText } from './report.ts'
import { runDemo } from './run.ts'
import { type DemoServers, startServers } from './servers.ts'

const EXIT = { ok: 0, failed: 1, usage: 2, interrupted: 130 } as const

/** Runs the command; returns its exit code. */
export async function main(args: readonly string[]): Promise<number> {
  let options: DemoOptions | undefined
  try {
    options = readOptions(args)
  } catch (error) {
    console.error(`${message(error)}\n\n${HELP}`)
    return EXIT.usage
  }
  if (!options) {
    console.log(HELP)
    return EXIT.ok
  }
  const interrupted = new AbortController()
  let servers: DemoServers | undefined
  try {
    const lines = await readLines(options.input)
    onInterrupt(() => interrupted.abort())
    const plan = summarise(demoFaults(options.seed, options.faults), lines)
    servers = await startServers()
    say(
      `${lines.length} messages. ${options.faults ? `Seed ${options.seed}: ${plan.kills} kills, ${plan.twice} double deliveries, ${plan.lostDeletes} lost deletions, ${plan.cutAnswers} cut answers, ${plan.providerFailures} refusals of the payment provider to come.` : 'No faults.'}`,
    )
    const bar = progressBar(process.stderr)
    const { signal } = interrupted
    const { seed, faults } = options
    const result = await runDemo(servers, { lines, seed, faults, signal, onProgress: bar.show })
    bar.end()
    if (signal.aborted) return EXIT.interrupted
    const verdict = check(result)
    console.log((options.json ? toJson : toText)(options, plan, result, verdict))
    if (options.keep) await keep(servers, signal)
    return verdict.violations.length === 0 ? EXIT.ok : EXIT.failed
  } catch (error) {
    if (interrupted.signal.aborted) return EXIT.interrupted
    console.error(`The demo could not run: ${message(error)}`)
    return EXIT.failed
  } finally {
    await servers?.stop()
  }
}

/** The first Ctrl-C ends the run in order, the second at once. */
function onInterrupt(stop: () => void): void {
  let times = 0
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      times += 1
      if (times > 1) process.exit(EXIT.interrupted)
      stop()
    })
  }
}

async function keep(servers: DemoServers, signal: AbortSignal): Promise<void> {
  say(`The servers stay up until Ctrl-C (any region and credentials do).
  DynamoDB            ${servers.dynamodbEndpoint}   table ${servers.table}
  SQS                 ${servers.sqsEndpoint}
  queue               ${servers.queues.queueUrl}
  dead-letter queue   ${servers.queues.deadLetterQueueUrl}
  effect ledger       ${servers.ledger}`)
  if (!signal.aborted) await once(signal, 'abort')
}

/** What is not the result goes beside it. */
function say(text: string): void {
  process.stderr.write(`${text}\n`)
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
