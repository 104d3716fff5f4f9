import { expectedFiles, filesOf } from '../pack.ts'
import type { Cell } from '../world.ts'

export const packageCells: readonly Cell[] = [
  {
    name: 'package: npm pack in a clean clone builds, and packs what packed-files.txt says',
    async run(world) {
      const [packed, expected] = await Promise.all([world.tarball().then(filesOf), expectedFiles()])
      const missing = expected.filter((name) => !packed.includes(name))
      const unexpected = packed.filter((name) => !expected.includes(name))
      if (missing.length > 0 || unexpected.length > 0)
        throw new Error(
          `Missing: ${some(missing)}. Not expected: ${some(unexpected)}. A new folder of sources gets a line in test/consumers/packed-files.txt.`,
        )
    },
  },
]

function some(names: readonly string[]): string {
  return names.length > 5
    ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more`
    : names.join(', ') || 'none'
}
