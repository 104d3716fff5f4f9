import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import * as z from 'zod'
import { ConfigError } from '../../src/errors/config-error.ts'
import { nearest } from '../../src/errors/nearest.ts'
import { parseDuration } from '../../src/options/durations.ts'

const CONTEXT_PREFIX = 'oncekit:'
const VARIABLE_PREFIX = 'ONCEKIT_DEPLOY_'

const duration = z
  .string()
  .refine((text) => parseDuration(text) !== undefined, 'a number with its unit, such as 45s, 15m, 6h or 18d')
  .transform((text) => Duration.millis(parseDuration(text) ?? 0))

const whole = (from: number, to: number) =>
  z.coerce
    .number(`a whole number from ${from} to ${to}`)
    .int(`a whole number from ${from} to ${to}`)
    .min(from, `a whole number from ${from} to ${to}`)
    .max(to, `a whole number from ${from} to ${to}`)

/** Everything that can be set about the deployment of the example, with its default. */
const schema = z.strictObject({
  stackName: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9-]{0,127}$/, 'a letter, then letters, digits and hyphens, 128 at most')
    .default('OncekitOrders'),
  chargeTtl: duration.default(Duration.days(18)),
  receiptsTtl: duration.default(Duration.days(6)),
  maxConcurrency: whole(2, 1000).default(50),
  maxReceiveCount: whole(1, 1000).default(5),
  visibilityTimeout: duration.optional(),
  removal: z
    .enum(['retain', 'destroy'], 'retain or destroy')
    .default('retain')
    .transform((word) => (word === 'destroy' ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN)),
  alarmTopicArn: z
    .string()
    .regex(/^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]+$/, 'the ARN of an SNS topic')
    .optional(),
})

/** The settings of the example's deployment. */
export type Settings = z.infer<typeof schema>

/** Their names, in order. */
export const SETTING_NAMES: readonly string[] = Object.keys(schema.shape)

/** A value as given, and where it was given. */
export interface Given {
  readonly value: unknown
  readonly source: string
}

/**
 * The values given: by `cdk … -c oncekit:<name>=<value>` (or in `cdk.json`), else in the environment as
 * `ONCEKIT_DEPLOY_<NAME>`.
 * @throws {ConfigError} for an environment variable of that prefix that sets nothing.
 */
export function settingSources(
  context: (name: string) => unknown,
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, Given>> {
  const given: Record<string, Given> = {}
  const variables = new Map(SETTING_NAMES.map((name) => [variableOf(name), name]))
  for (const [variable, value] of Object.entries(environment)) {
    if (!variable.startsWith(VARIABLE_PREFIX) || value === undefined) continue
    const name = variables.get(variable)
    if (name === undefined) throw new ConfigError(unknownSetting(variable, [...variables.keys()]))
    given[name] = { value, source: variable }
  }
  for (const name of SETTING_NAMES) {
    const value = context(`${CONTEXT_PREFIX}${name}`)
    if (value !== undefined) given[name] = { value, source: `-c ${CONTEXT_PREFIX}${name}` }
  }
  return given
}

/**
 * Checks what is given and applies the defaults.
 * @throws {ConfigError} with every wrong setting: where it was given, what was given, what is allowed.
 */
export function readSettings(given: Readonly<Record<string, Given>>): Settings {
  const values = Object.fromEntries(Object.entries(given).map(([name, { value }]) => [name, value]))
  const checked = schema.safeParse(values)
  if (checked.success) return checked.data
  const problems = checked.error.issues.map((issue) => {
    const name = String(issue.path[0])
    return `${given[name]?.source ?? name} is "${String(values[name])}". Allowed: ${issue.message}.`
  })
  throw new ConfigError(problems.join('\n'))
}

function variableOf(name: string): string {
  return VARIABLE_PREFIX + name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()
}

function unknownSetting(given: string, known: readonly string[]): string {
  // Compared without the prefix, which would make every name look alike.
  const short = known.map((name) => name.slice(VARIABLE_PREFIX.length))
  const meant = nearest(given.slice(VARIABLE_PREFIX.length), short)
  const hint = meant === undefined ? '' : ` Did you mean ${VARIABLE_PREFIX}${meant}?`
  return `${given} sets nothing.${hint} Known: ${known.join(', ')}.`
}
