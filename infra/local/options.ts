import { parseArgs } from 'node:util'

export interface LocalOptions {
  readonly messages: number
  readonly workers: number
  readonly seed: number
  readonly timeoutSeconds: number
  /** PartiQL statements carry no leading keys for IAM. */
  readonly partiqlKeys: boolean
  /** A cloud assembly that exists already. */
  readonly assembly: string | undefined
  readonly json: boolean
}

export const HELP = `Usage: npm run infra:local -- [options]
       node infra/local.ts [options]

Runs what the CDK app synthesises, without an account: tables and queues of the template on the embedded servers, the
bundled functions in worker processes behind their event source mappings, with the template's own settings and
environment, and with its IAM policies enforced on every request to DynamoDB. Sends the orders of the example and
checks the outcome.

Options
  --messages N         how many of the example's 600 messages to send (default: all)
  --workers N          worker processes for each function, 1 to 50 (default: 2); the mapping's maximum counts if lower
  --seed N             which messages are delivered twice at once; a whole number from 0 (default: 1)
  --timeout SECONDS    give up after this long, 10 to 600 (default: 120)
  --no-partiql-keys    as if IAM saw no keys in PartiQL statements: they are denied, and the store falls back
  --assembly DIR       take this cloud assembly instead of synthesising into infra/cdk.out
  --json               the result as one JSON object on standard output
  --help               this text

Exit code: 0 when every check holds, 1 when one does not, 2 for a wrong command line, 130 after Ctrl-C.`

/** What the command line asks for; `undefined` for help. Throws a sentence about what is wrong with it. */
export function readOptions(args: readonly string[]): LocalOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      messages: { type: 'string' },
      workers: { type: 'string' },
      seed: { type: 'string' },
      timeout: { type: 'string' },
      'no-partiql-keys': { type: 'boolean', default: false },
      assembly: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return undefined
  return {
    messages: whole('--messages', values.messages, 1, 1_000_000) ?? Number.POSITIVE_INFINITY,
    workers: whole('--workers', values.workers, 1, 50) ?? 2,
    seed: whole('--seed', values.seed, 0, Number.MAX_SAFE_INTEGER) ?? 1,
    timeoutSeconds: whole('--timeout', values.timeout, 10, 600) ?? 120,
    partiqlKeys: !values['no-partiql-keys'],
    assembly: values.assembly,
    json: values.json,
  }
}

function whole(name: string, text: string | undefined, from: number, to: number): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < from || value > to)
    throw new Error(`${name} is ${JSON.stringify(text)}. Allowed: a whole number from ${from} to ${to}.`)
  return value
}
