import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { ROOMS, type Room, roomNamed } from './rooms.ts'
import { runRoom, type Score } from './stryker.ts'

const HELP = `Changes the source of the core, one change at a time, and sees whether a test notices (Stryker).

  npm run mutation                       protocol, engine and store
  npm run mutation -- --room protocol    one of them (may be repeated)
  npm run mutation -- --room store --file src/store/dynamodb/claim.ts

  --file GLOB         only these files of the one room named (may be repeated)
  --concurrency N     mutants tried at once (default: the number of processors)
  --help

Every mutant and what became of it: reports/mutation/<room>.json.
Exit code: 0 each room is above its threshold; 1 one is not; 2 usage.`

process.exitCode = await main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<number> {
  let chosen: Chosen | undefined
  try {
    chosen = chosenBy(args)
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\nTry --help.\n`)
    return 2
  }
  if (chosen === undefined) {
    process.stdout.write(`${HELP}\n`)
    return 0
  }
  const scores: Score[] = []
  for (const room of chosen.rooms) scores.push(await runRoom(room, chosen.files, chosen.concurrency))
  process.stdout.write(`\n${table(scores)}\n`)
  const low = scores.filter(({ score, breakAt }) => score < breakAt)
  for (const { room, score, breakAt } of low) {
    process.stderr.write(`${room}: ${score.toFixed(2)} % noticed, below its threshold of ${breakAt} %.\n`)
  }
  return low.length === 0 ? 0 : 1
}

interface Chosen {
  readonly rooms: readonly Room[]
  readonly files: readonly string[]
  readonly concurrency: number
}

/** `undefined`: help was asked for. */
function chosenBy(args: readonly string[]): Chosen | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      room: { type: 'string', multiple: true },
      file: { type: 'string', multiple: true, default: [] },
      concurrency: { type: 'string', default: String(availableParallelism()) },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return undefined
  const rooms = values.room === undefined ? ROOMS : values.room.map(roomNamed)
  if (values.file.length > 0 && rooms.length !== 1) throw new Error('--file needs exactly one --room.')
  const concurrency = Number(values.concurrency)
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > 64) {
    throw new Error(`--concurrency is ${values.concurrency}. Allowed: a whole number from 1 to 64.`)
  }
  return { rooms, files: values.file, concurrency }
}

function table(scores: readonly Score[]): string {
  const head = ['room', 'mutants', 'killed', 'timeout', 'survived', 'no coverage', 'score', 'threshold']
  const rows = scores.map((score) => [
    score.room,
    ...[score.mutants, score.killed, score.timeout, score.survived, score.noCoverage].map(String),
    `${score.score.toFixed(2)} %`,
    `${score.breakAt} %`,
  ])
  const lines = [head, head.map(() => '---'), ...rows]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}
