import { existsSync } from 'node:fs'
import { writeEvidence } from './keep.ts'
import { HELP, readOptions, type SoakOptions } from './options.ts'
import { progressBar } from './progress.ts'
import { toJson, toText } from './report.ts'
import { runSoak } from './run.ts'
import { type SoakServers, startServers } from './servers.ts'
import { verdictOf } from './verdict.ts'

const EXIT = { ok: 0, failed: 1, usage: 2, interrupted: 130 } as const

async function main(args: readonly string[]): Promise<number> {
  let options: SoakOptions | undefined
  try {
    options = readOptions(args)
  } catch (error) {
    console.error(`${sentence(error)}\n\n${HELP}`)
    return EXIT.usage
  }
  if (!options) {
    console.log(HELP)
    return EXIT.ok
  }
  const interrupted = new AbortController()
  onInterrupt(() => interrupted.abort())
  const { signal } = interrupted
  let servers: SoakServers | undefined
  let keep = options.keep
  try {
    assertBuilt()
    // Each child has its exit hook.
    process.setMaxListeners(options.workers + 20)
    servers = await startServers()
    const { messages, workers, kills, restarts, seed, environment } = options
    say(
      `${messages} messages, ${workers} workers (${environment}), ${kills} kills, ${restarts} crashes of the store, seed ${seed}.`,
    )
    const bar = progressBar(process.stderr)
    const result = await runSoak(servers, options, signal, bar.show)
    bar.end()
    if (signal.aborted) return EXIT.interrupted
    const verdict = verdictOf(options, result)
    console.log((options.json ? toJson : toText)(options, result, verdict))
    keep ||= verdict.violations.length > 0
    if (keep) {
      writeEvidence(servers.folder, result.evidence)
      say(`Journals, logs and the database file: ${servers.folder}`)
    }
    return verdict.violations.length === 0 ? EXIT.ok : EXIT.failed
  } catch (error) {
    if (signal.aborted) return EXIT.interrupted
    console.error(`The soak could not run: ${sentence(error)}`)
    return EXIT.failed
  } finally {
    await servers?.stop({ keep })
  }
}

/** Workers run what is published. */
function assertBuilt(): void {
  if (!existsSync(new URL('../../dist/src/index.js', import.meta.url)))
    throw new Error('the workers run the built package, and it is not built. Run `npm run build` first.')
}

/** The first Ctrl-C ends the run in order, the second at once. */
function onInterrupt(stop: () => void): void {
  let times = 0
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      times += 1
      if (times > 1) process.exit(EXIT.interrupted)
      stop()
    })
  }
}

/** What is not the result goes beside it. */
function say(text: string): void {
  process.stderr.write(`${text}\n`)
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

process.exitCode = await main(process.argv.slice(2))
