import * as z from 'zod/mini'
import { allowed, hasMethods } from './check.ts'
import { parseDuration } from './durations.ts'
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
  const error = `allowed: ${allowed(rule)}`
  switch (rule.kind) {
    case 'text':
      return z.string({ error }).check(z.regex(rule.pattern, { error }))
    case 'whole':
      return z.int({ error }).check(z.gte(rule.from, { error }), z.lte(rule.to, { error }))
    case 'choice':
      return z.literal([...rule.values], { error })
    case 'duration':
      return z
        .union([z.number(), z.string()], { error })
        .check(z.refine((value) => parseDuration(value) !== undefined, { error }))
    case 'function':
      return z.custom((value) => typeof value === 'function', { error })
    case 'methods':
      return z.custom((value) => hasMethods(value, rule), { error })
    case 'shape':
      return strict(rule.rules)
    case 'either':
      return z.union(rule.of.map(schemaOf), { error })
  }
}
