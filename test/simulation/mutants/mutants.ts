import { BATCH_MUTANTS } from './batch-mutants.ts'
import type { Edit } from './loader.ts'
import { PIPELINE_MUTANTS } from './pipeline-mutants.ts'
import { RECORD_MUTANTS } from './record-mutants.ts'
import { SETTLE_MUTANTS } from './settle-mutants.ts'

/** One guard of protocol.md, and how the code looks without it. */
export interface Mutant {
  readonly name: string
  /** The rule that it breaks. */
  readonly guard: string
  readonly edits: readonly Edit[]
  /** The first seed to try, where what it takes is too rare for the seeds from 1 (1). */
  readonly from?: number
}

/** Every guard that can be switched off in the simulation. */
export const MUTANTS: readonly Mutant[] = [
  ...RECORD_MUTANTS,
  ...SETTLE_MUTANTS,
  ...BATCH_MUTANTS,
  ...PIPELINE_MUTANTS,
]

/** @throws TypeError for an unknown name */
export function mutantNamed(name: string): Mutant {
  const mutant = MUTANTS.find((one) => one.name === name)
  if (mutant !== undefined) return mutant
  throw new TypeError(`--mutant ${name} is unknown. Known: ${MUTANTS.map((one) => one.name).join(', ')}.`)
}
