import type { Scenario } from '../scenario.ts'
import { attempts } from './attempts.ts'
import { batches } from './batches.ts'
import { claims } from './claims.ts'
import { completions } from './completions.ts'
import { endings } from './endings.ts'
import { input } from './input.ts'
import { largeBatches } from './large-batches.ts'
import { results } from './results.ts'
import { seams } from './seams.ts'
import { windows } from './windows.ts'
import { zombies } from './zombies.ts'

export const SCENARIOS: readonly Scenario[] = [
  ...claims,
  ...completions,
  ...zombies,
  ...results,
  ...input,
  ...batches,
  ...windows,
  ...seams,
  ...endings,
  ...largeBatches,
  ...attempts,
]
