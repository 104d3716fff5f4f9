import { parseArgs } from 'node:util'

export interface DemoOptions {
  /** `-` stands for standard input. */
  readonly input: string | undefined
  readonly faults: boolean
  readonly seed: number
  readonly keep: boolean
  readonly json: boolean
}

export const HELP = `Usage: npm run demo -- [options]
       node examples/orders/demo.ts [options]

Sends orders through a queue to worker processes that charge each order once, while workers are killed, messages
are delivered twice and answers of the store are lost; then checks itself against the effect ledger.

Options
  --input FILE   orders, one JSON object per line; - for standard input (default: examples/orders/orders.ndjson)
  --no-faults    nothing is killed, repeated or cut
  --seed N       the same faults again; a whole number from 0 (default: drawn, and printed)
  --keep         leave the servers up at the end and print their endpoints, until Ctrl-C
  --json         the result as one JSON object on standard output
  --help         this text

Environment
  DYNAMODB_ENDPOINT   use this DynamoDB-compatible server instead of the embedded one
  SQS_ENDPOINT        use this SQS-compatible server instead of the embedded one

Exit code: 0 when every check holds, 1 when one does not, 2 for a wrong command line, 130 after Ctrl-C.`

/** What the command line asks for; `undefined` for help. Throws a sentence about what is wrong with it. */
export function readOptions(args: readonly string[]): DemoOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      input: { type: 'string' },
      'no-faults': { type: 'boolean', default: false },
      seed: { type: 'string' },
      keep: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return undefined
  return {
    input: values.input,
    faults: !values['no-faults'],
    seed: values.seed === undefined ? drawSeed() : readSeed(values.seed),
    keep: values.keep,
    json: values.json,
  }
}

function readSeed(text: string): number {
  const seed = Number(text)
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(seed)) {
    throw new Error(
      `--seed is ${JSON.stringify(text)}. Allowed: a whole number from 0 to ${Number.MAX_SAFE_INTEGER}.`,
    )
  }
  return seed
}

function drawSeed(): number {
  return Math.floor(Math.random() * 1_000_000)
}
