import { mergeConfig } from 'vitest/config'
import base from '../../../vitest.config.ts'
import { applyEdit } from './loader.ts'
import { mutantNamed } from './mutants.ts'

const name = process.env['ONCEKIT_MUTANT']
const edits = name === undefined ? [] : mutantNamed(name).edits

/** The fast tests with one guard switched off, or with none: the same replacement as in the simulation, at the tests' own loader. */
export default mergeConfig(base, {
  // What one mutant leaves in the cache must not be what the next one finds.
  test: { fsModuleCache: false },
  plugins: [
    {
      name: 'mutant',
      enforce: 'pre' as const,
      transform(code: string, id: string): string | undefined {
        const here = edits.filter(({ file }) => id.split('?')[0]?.endsWith(`/src/${file}`))
        if (name === undefined || here.length === 0) return undefined
        return here.reduce((source, edit) => applyEdit(name, source, edit), code)
      },
    },
  ],
})
