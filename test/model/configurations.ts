import type { Configuration } from './configuration.ts'
import { claimWorlds } from './configurations/claims.ts'
import { commitWorlds } from './configurations/commits.ts'
import { managedWorlds } from './configurations/managed.ts'
import { surroundingWorlds } from './configurations/surroundings.ts'

/** The worlds that `npm run model` explores. Each keeps small what it is not about. */
export const configurations: readonly Configuration[] = [
  ...claimWorlds,
  ...commitWorlds,
  ...managedWorlds,
  ...surroundingWorlds,
]
