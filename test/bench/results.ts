import type { CellResult, CountRow } from './cells.ts'
import type { MemoryResult } from './memory.ts'
import type { SubjectName } from './subject.ts'

/** All that one run found out; what `--json` writes. */
export interface Results {
  readonly at: string
  readonly machine: {
    readonly node: string
    readonly platform: string
    readonly cpus: number
    readonly cpu: string
  }
  /** Exact versions, read from the installed packages. */
  readonly versions: Readonly<Record<string, string>>
  readonly counts: readonly CountRow[]
  readonly cells: readonly CellResult[]
  readonly memory: Partial<Record<SubjectName, MemoryResult>>
}
