import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { memoryStore } from '../../src/testing/index.ts'

/** A rule of the protocol, taken out of the source of the memory store. */
export interface Defect {
  /** What the store does, as the end of a sentence that begins with "a store that". */
  readonly what: string
  /** Under src/. */
  readonly file: string
  /** There exactly once. */
  readonly find: string
  readonly replace: string
}

const SOURCE = fileURLToPath(new URL('../../src/', import.meta.url))

/** The memory store made from the changed source: nothing shipped knows of defects. */
export async function brokenStore(defect: Defect): Promise<typeof memoryStore> {
  const { outputFiles } = await build({
    entryPoints: [`${SOURCE}store/memory/memory-store.ts`],
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
    plugins: [
      {
        name: 'defect',
        setup({ onLoad }) {
          onLoad({ filter: /\.ts$/ }, ({ path }) => {
            const source = readFileSync(path, 'utf8')
            if (path !== SOURCE + defect.file) return { contents: source, loader: 'ts' }
            return { contents: changed(source, defect), loader: 'ts' }
          })
        },
      },
    ],
  })
  const code = outputFiles[0]?.text ?? ''
  // The bundle of that very module.
  const made = (await import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`)) as {
    memoryStore: typeof memoryStore
  }
  return made.memoryStore
}

function changed(source: string, { what, file, find, replace }: Defect): string {
  const parts = source.split(find)
  if (parts.length === 2) return parts.join(replace)
  throw new Error(
    `The defect "${what}" finds its text ${parts.length - 1} times in src/${file}: ${JSON.stringify(find)}. Adjust it.`,
  )
}
