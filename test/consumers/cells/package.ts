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
          `Missing: ${missing.join(', ') || 'none'}. Not in packed-files.txt: ${unexpected.join(', ') || 'none'}.`,
        )
    },
  },
]
