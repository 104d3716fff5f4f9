import type { Finding, Stage, Verdict } from './stage.ts'
import type { FunctionSettings } from './subject.ts'

/** One real way to lose work or to repeat it. */
export interface Scenario {
  /** Short and unique; `--only` takes it. */
  readonly name: string
  /** What happens, in a sentence. */
  readonly title: string
  readonly settings?: Partial<FunctionSettings>
  /** What oncekit is known to fall short in, and why; without it, only `ok` will do. */
  readonly shortfall?: { readonly verdict: Verdict; readonly because: string }
  /** Plays it with one subject and says what became of the messages. */
  readonly play: (stage: Stage) => Promise<Finding>
}
