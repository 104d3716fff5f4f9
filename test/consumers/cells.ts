import { bundleCells } from './cells/bundle.ts'
import { installCells } from './cells/install.ts'
import { packageCells } from './cells/package.ts'
import { quickStartCells } from './cells/quick-start.ts'
import { runCells } from './cells/run.ts'
import { testRunnerCells } from './cells/test-runners.ts'
import { typeCells } from './cells/types.ts'
import type { Cell } from './world.ts'

/** Every check, cheapest first. */
export const cells: readonly Cell[] = [
  ...packageCells,
  ...installCells,
  ...typeCells,
  ...runCells,
  ...bundleCells,
  ...testRunnerCells,
  ...quickStartCells,
]
