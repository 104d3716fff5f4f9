import { parseArgs } from 'node:util'

export const ENVIRONMENTS = ['lambda', 'managed'] as const
export type Environment = (typeof ENVIRONMENTS)[number]

export interface SoakOptions {
  readonly messages: number
  readonly workers: number
  readonly kills: number
  readonly restarts: number
  /** `managed`: as Lambda Managed Instances run a function, without kill and freeze, many invocations in a process. */
  readonly environment: Environment
  /** Sending ends then; `undefined`: when every message is sent. */
  readonly minutes: number | undefined
  readonly seed: number
  readonly json: boolean
  readonly keep: boolean
}

const FULL = { messages: 100_000, workers: 6 }
const SHORT = { messages: 4_000, workers: 5 }
const MESSAGES_PER_KILL = 100
const MESSAGES_PER_RESTART = 10_000

export const HELP = `Usage: npm run soak -- [options]
       node test/process/main.ts [options]

Sends messages through a queue to worker processes that do one effect each, while workers and the store are killed
by SIGKILL and a proxy in front of the store loses, delays and refuses requests. Then checks the workers' ledgers
against the kills and faults: no message lost, every repeated effect explained, everything drained, memory flat.

Options
  --messages N   messages to send (default: 100,000)
  --workers N    worker processes at once, 2 to 64 (default: 6; one of them is never killed)
  --kills N      SIGKILLs to workers at random instants (default: one per 100 messages)
  --restarts N   SIGKILLs to the store, which comes back on its file (default: one per 10,000 messages, at least 2)
  --environment E
                 lambda (default): one invocation in a process, killed at its timeout; managed: as Lambda Managed
                 Instances, several in two threads of a process, no kill at the timeout, handlers that outlive it
  --minutes N    send for so many minutes at most, then drain (default: until every message is sent)
  --seed S       the same fault plan again; a whole number from 0 (default: drawn, and printed)
  --short        for CI: 4,000 messages and 5 workers unless given
  --keep         keep journals, logs and database file, and print their folder (kept anyway when a check fails)
  --json         the result as one JSON object on standard output
  --help         this text

Runs on the embedded servers only, because it kills one of them.
Exit code: 0 when every check holds, 1 when one does not, 2 for a wrong command line, 130 after Ctrl-C.`

/** What the command line asks for; `undefined` for help. Throws a sentence about what is wrong with it. */
export function readOptions(args: readonly string[]): SoakOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      messages: { type: 'string' },
      workers: { type: 'string' },
      kills: { type: 'string' },
      restarts: { type: 'string' },
      environment: { type: 'string', default: 'lambda' },
      minutes: { type: 'string' },
      seed: { type: 'string' },
      short: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return undefined
  const preset = values.short ? SHORT : FULL
  const messages = whole('messages', values.messages, 1, 10_000_000) ?? preset.messages
  return {
    messages,
    workers: whole('workers', values.workers, 2, 64) ?? preset.workers,
    kills: whole('kills', values.kills, 0, messages) ?? Math.ceil(messages / MESSAGES_PER_KILL),
    restarts:
      whole('restarts', values.restarts, 0, 1_000) ??
      Math.max(2, Math.round(messages / MESSAGES_PER_RESTART)),
    environment: oneOf(values.environment),
    minutes: whole('minutes', values.minutes, 1, 10_000),
    seed: whole('seed', values.seed, 0, Number.MAX_SAFE_INTEGER) ?? Math.floor(Math.random() * 1_000_000),
    json: values.json,
    keep: values.keep,
  }
}

function oneOf(given: string): Environment {
  const found = ENVIRONMENTS.find((name) => name === given)
  if (found) return found
  throw new Error(`--environment is ${JSON.stringify(given)}. Allowed: ${ENVIRONMENTS.join(', ')}.`)
}

function whole(name: string, text: string | undefined, low: number, high: number): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < low || value > high) {
    throw new Error(`--${name} is ${JSON.stringify(text)}. Allowed: a whole number from ${low} to ${high}.`)
  }
  return value
}
