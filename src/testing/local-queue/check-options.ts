import { ConfigError } from '../../errors/config-error.ts'
import { check, checkNames } from '../../options/check.ts'
import { isObject, type Rule, type Rules } from '../../options/rules.ts'
import { nodeProblem } from '../../runtime/node-version.ts'

/** Rules of a factory's options. */
export interface OptionRules {
  readonly rules: Rules
  /** Names that may not be left out. */
  readonly required: readonly string[]
  /** Rules of the objects inside, by name. */
  readonly nested?: Readonly<Record<string, Rules>>
}

/**
 * Checks the options of a factory of this kit, by name and value, as a handler's options are checked.
 *
 * @throws ConfigError that names each wrong option, what was given, what is allowed and the nearest known name; or that
 * this Node.js is too old
 */
export function checkOptions(
  what: string,
  { rules, required, nested = {} }: OptionRules,
  options: unknown,
): void {
  const tooOld = nodeProblem(process.versions.node)
  if (tooOld !== undefined) throw new ConfigError(tooOld)
  const problems: string[] = []
  if (!isObject(options)) check('The options object', options, () => 'an object', problems)
  else {
    checkNames('', options, rules, problems)
    for (const name of required) {
      const rule = rules[name]
      if (rule && options[name] === undefined) check(`Option "${name}"`, undefined, rule, problems)
    }
    for (const [name, inner] of Object.entries(nested)) {
      const object = options[name]
      if (isObject(object)) checkNames(`${name}.`, object, inner, problems)
    }
  }
  if (problems.length > 0) throw new ConfigError(`${what}: ${problems.join(' ')}`)
}

export const anyText: Rule = (value) => typeof value === 'string' || 'a string'

/** Whether a value is an object with this method. */
export function isObjectWith(value: unknown, method: string): boolean {
  // Any object can be asked for a property.
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as Record<string, unknown>)[method] === 'function'
  )
}

/** Longest timeout of a Lambda function, milliseconds. */
export const LONGEST_TIMEOUT_MS = 900_000

/**
 * The same where a queue invokes it on Managed Instances: 90 minutes.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-managed-instances-execution-environment.html
 */
export const LONGEST_MANAGED_TIMEOUT_MS = 5_400_000
