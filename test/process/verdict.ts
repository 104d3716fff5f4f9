import { gaps } from './coverage.ts'
import type { SoakOptions } from './options.ts'
import { judge, type Verdict } from './oracle.ts'
import type { SoakResult } from './run.ts'

/** What the oracle finds, and what the run owes its plan. */
export function verdictOf(options: SoakOptions, result: SoakResult): Verdict {
  const verdict = judge(result.evidence)
  return { ...verdict, violations: [...verdict.violations, ...gaps(options, result)] }
}
