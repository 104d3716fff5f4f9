import * as z from 'zod/mini'
import { hasTwoStores, OPTION_RULES, RESULT_RULES, type Rule, type Rules } from '../../src/options/rules.ts'

/**
 * The strict zod schema of all options, made from the rules that the handler's own check reads: what that check must
 * agree with. Not published, so that nobody has to install zod for it.
 */
export const optionsSchema: z.ZodMiniType<Record<string, unknown>> = strict(OPTION_RULES).check(
  z.refine<Record<string, unknown>>((options) => !hasTwoStores(options), {
    error: '"store" excludes "table" and "client"',
    path: ['store'],
  }),
)

function strict(rules: Rules): z.ZodMiniType<Record<string, unknown>> {
  return z.strictObject(
    Object.fromEntries(Object.entries(rules).map(([name, rule]) => [name, z.optional(schemaOf(rule))])),
  )
}

function schemaOf(rule: Rule): z.ZodMiniType {
  if (rule === OPTION_RULES['storeResult']) return z.union([z.boolean(), strict(RESULT_RULES)])
  return z.custom((value) => rule(value) === true, { error: ({ input }) => `allowed: ${rule(input)}` })
}
