import { mergeConfig } from 'vitest/config'
import base from '../../../vitest.config.ts'
import { applyEdit } from './loader.ts'
import { mutantNamed } from './mutants.ts'

const mutant = mutantNamed(process.env['ONCEKIT_MUTANT'] ?? '')

/** The fast tests with one guard switched off: the same replacement as in the simulation, at the tests' own loader. */
export default mergeConfig(base, {
  plugins: [
    {
      name: 'mutant',
      enforce: 'pre' as const,
      transform(code: string, id: string): string | undefined {
        const edits = mutant.edits.filter(({ file }) => id.split('?')[0]?.endsWith(`/src/${file}`))
        if (edits.length === 0) return undefined
        return edits.reduce((source, edit) => applyEdit(mutant.name, source, edit), code)
      },
    },
  ],
})
