import { parseArgs } from 'node:util'
import { allCells } from './cells.ts'
import { SUBJECTS, type SubjectName } from './subject.ts'

const HELP = `npm run bench -- [options]

Measures oncekit against its peer (Powertools idempotency + batch, as documented) and against the floor (the bare
SDK, nothing checked) on the embedded DynamoDB-compatible server: requests, capacity units, client CPU, wall time at
+0, +3 and +5 ms, throughput and memory. Prints tables and which goals are met, by counts and ratios alone.

  --quick             fewer rounds, no events of 10,000 but for memory (about 2 minutes instead of 10)
  --part NAME         count, time or memory; may be repeated (default: all)
  --only TEXT         only batches whose name has TEXT in it, for example 10-fresh; may be repeated
  --subject NAME      ${SUBJECTS.join(', ')}; may be repeated (default: all)
  --json FILE         write every number to FILE
  --charts DIR        write SVG charts to DIR
  --strict            end with 1 when a goal is missed
  --help              this text
`

const PARTS = ['count', 'time', 'memory'] as const
type Part = (typeof PARTS)[number]

export interface BenchOptions {
  readonly quick: boolean
  readonly parts: ReadonlySet<Part>
  readonly only: readonly string[]
  readonly subjects: readonly SubjectName[]
  readonly json: string | undefined
  readonly charts: string | undefined
  readonly strict: boolean
}

/** Reads the command line; prints help or what is wrong with it, and ends the process, when that is all there is to do. */
export function readOptions(args: string[]): BenchOptions {
  try {
    const { values } = parseArgs({
      args,
      options: {
        quick: { type: 'boolean', default: false },
        part: { type: 'string', multiple: true, default: [...PARTS] },
        only: { type: 'string', multiple: true, default: [] },
        subject: { type: 'string', multiple: true, default: [...SUBJECTS] },
        json: { type: 'string' },
        charts: { type: 'string' },
        strict: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    })
    if (values.help) {
      process.stdout.write(HELP)
      process.exit(0)
    }
    return {
      quick: values.quick,
      parts: new Set(values.part.map((name) => oneOf(PARTS, name, '--part'))),
      only: values.only.map((text) => known(text, values.quick)),
      subjects: values.subject.map((name) => oneOf(SUBJECTS, name, '--subject')),
      json: values.json,
      charts: values.charts,
      strict: values.strict,
    }
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`)
    process.exit(2)
  }
}

/** A text that no batch's name has in it would measure nothing. */
function known(text: string, quick: boolean): string {
  const ids = allCells(quick).map(({ id }) => id)
  if (ids.some((id) => id.includes(text))) return text
  throw new Error(`--only is ${JSON.stringify(text)}, which is in no name. The names: ${ids.join(', ')}.`)
}

function oneOf<Name extends string>(allowed: readonly Name[], given: string, flag: string): Name {
  const found = allowed.find((name) => name === given)
  if (found === undefined)
    throw new Error(`${flag} is ${JSON.stringify(given)}; it must be one of ${allowed.join(', ')}.`)
  return found
}
