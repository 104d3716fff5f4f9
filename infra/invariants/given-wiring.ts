import { ConfigError } from '../../src/errors/config-error.ts'
import { nearest } from '../../src/errors/nearest.ts'
import { render } from '../../src/errors/render.ts'
import type { DeadLetterWiring, PollerWiring, Wiring } from './wiring.ts'

/** `true`, or what is allowed. */
type Rule = (value: unknown) => true | string

/** A rule for every name; one that is forgotten or made up does not compile. */
type Rules<Facts> = { readonly [Name in keyof Required<Facts>]: Rule }

const number: Rule = (value) => Number.isFinite(value) || 'a number, not a text of one'
const flag: Rule = (value) => typeof value === 'boolean' || 'true or false'
const text: Rule = (value) => typeof value === 'string' || 'text'
const oneOf =
  (...names: readonly string[]): Rule =>
  (value) =>
    names.some((name) => name === value) || names.map((name) => `"${name}"`).join(' or ')
const group: Rule = (value) => (typeof value === 'object' && value !== null) || 'an object'

const RULES: Rules<Wiring> = {
  fifo: flag,
  queueName: text,
  visibilityMs: number,
  retentionMs: number,
  throughputLimit: oneOf('perQueue', 'perMessageGroupId'),
  deduplicationScope: oneOf('queue', 'messageGroup'),
  deadLetter: (value) => value === null || group(value) === true || 'an object, or null: there is none',
  maxReceiveCount: number,
  timeoutMs: number,
  runtime: text,
  hardKill: flag,
  reservedConcurrency: number,
  batchSize: number,
  batchingWindowMs: number,
  maxConcurrency: number,
  pollers: group,
  partialResponse: flag,
  namespace: text,
  ttlMs: number,
  leaseGraceMs: number,
  clockErrorMs: number,
  deadlineReserveMs: number,
}
const DEAD_LETTER: Rules<DeadLetterWiring> = { fifo: flag, retentionMs: number }
const POLLERS: Rules<PollerWiring> = { minimum: number, maximum: number }

/**
 * Refuses what a compiler sees and a template's values do not: a name that no invariant reads, a text where a number is
 * meant. Either would be a check that is never made.
 * @throws {ConfigError} with every one of them
 */
export function assertWiring(wiring: unknown): asserts wiring is Wiring {
  const problems = problemsOf('checkWiring', wiring, RULES)
  const { deadLetter, pollers }: Partial<Record<keyof Wiring, unknown>> = Object(wiring)
  if (group(deadLetter) === true) problems.push(...problemsOf('deadLetter', deadLetter, DEAD_LETTER))
  if (group(pollers) === true) problems.push(...problemsOf('pollers', pollers, POLLERS))
  if (problems.length > 0) throw new ConfigError(problems.join('\n'))
}

function problemsOf(what: string, given: unknown, rules: Readonly<Record<string, Rule>>): string[] {
  const known = Object.keys(rules)
  if (typeof given !== 'object' || given === null)
    return [`${what}: it is given ${render(given)}. Allowed: an object of ${known.join(', ')}.`]
  return Object.entries(given).flatMap(([name, value]) => {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined
    if (rule === undefined) {
      const meant = nearest(name, known)
      const hint = meant === undefined ? '.' : `: did you mean "${meant}"?`
      return [`${what}: ${render(name)} is unknown${hint} Allowed: ${known.join(', ')}.`]
    }
    // Left out: unknown.
    const verdict = value === undefined || rule(value)
    return verdict === true ? [] : [`${what}: ${name} is ${render(value)}. Allowed: ${verdict}.`]
  })
}
