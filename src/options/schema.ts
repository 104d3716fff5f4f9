import * as z from 'zod/mini'
import { fits } from './check.ts'
import { EXCLUSIVE, OPTION_RULES, type Rule, type Rules } from './rules.ts'

/**
 * The strict zod schema of all options, made from the rules that the handler's own check reads. For infrastructure,
 * tools and tests; a handler never loads it, nor zod.
 */
export const optionsSchema: z.ZodMiniType<Record<string, unknown>> = strict(OPTION_RULES).check(
  ...EXCLUSIVE.map(([one, other]) =>
    z.refine<Record<string, unknown>>(
      (options) => options[one] === undefined || options[other] === undefined,
      { error: `"${one}" and "${other}" exclude each other`, path: [other] },
    ),
  ),
)

function strict(rules: Rules): z.ZodMiniType<Record<string, unknown>> {
  return z.strictObject(
    Object.fromEntries(Object.entries(rules).map(([name, rule]) => [name, z.optional(schemaOf(rule))])),
  )
}

function schemaOf(rule: Rule): z.ZodMiniType {
  const { values, range, pattern, call, shape } = rule
  const either: z.ZodMiniType[] = []
  if (values) either.push(z.literal([...values]))
  if (range) either.push(z.int().check(z.gte(range[0]), z.lte(range[1])))
  if (pattern) either.push(z.string().check(z.regex(pattern)))
  if (call) either.push(z.custom((value) => typeof value === 'function'))
  if (shape) either.push(strict(shape))
  // Durations and methods have no form in zod: the one parser, the one look at an object.
  if (rule.duration || rule.methods) either.push(z.custom((value) => fits(value, rule)))
  const [only, ...others] = either
  return only && others.length === 0 ? only : z.union(either)
}
