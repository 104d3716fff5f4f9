import { registerHooks } from 'node:module'
import { type Mutant, mutantNamed } from './mutants.ts'

/**
 * Switches one guard off in this process: the loader replaces its text in the source, so that nothing shipped knows of
 * mutants. A snippet that is not found exactly once stops the run, for a mutant that changes nothing proves nothing.
 * Call it before the code under test is loaded.
 */
export function registerMutant(name: string): Mutant {
  const mutant = mutantNamed(name)
  const applied = new Set<string>()
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context)
      const edits = mutant.edits.filter(({ file }) => url.endsWith(`/src/${file}`))
      if (edits.length === 0) return loaded
      let source = typeof loaded.source === 'string' ? loaded.source : new TextDecoder().decode(loaded.source)
      for (const edit of edits) {
        source = applyEdit(mutant.name, source, edit)
        applied.add(edit.file)
      }
      return { ...loaded, source }
    },
  })
  process.once('exit', () => {
    const missed = mutant.edits.filter(({ file }) => !applied.has(file))
    if (missed.length > 0) {
      process.stderr.write(`mutant ${name} was never loaded: ${missed.map(({ file }) => file).join(', ')}\n`)
      process.exitCode = 2
    }
  })
  return mutant
}

/** One replacement in one file. */
export interface Edit {
  /** Under src/. */
  readonly file: string
  readonly find: string
  readonly replace: string
}

/** @throws Error when the snippet is not there exactly once */
export function applyEdit(mutant: string, source: string, { file, find, replace }: Edit): string {
  const first = source.indexOf(find)
  if (first < 0 || source.includes(find, first + 1)) {
    const times = first < 0 ? 'is not there' : 'is there more than once'
    throw new Error(
      `Mutant ${mutant}: its snippet ${times} in src/${file}. Adjust test/simulation/mutants/mutants.ts: ${JSON.stringify(find)}`,
    )
  }
  return source.slice(0, first) + replace + source.slice(first + find.length)
}
