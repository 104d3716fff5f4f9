import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BuildOptions, build } from 'esbuild'
import type { SubjectName } from './subject.ts'

const HERE = fileURLToPath(new URL('.', import.meta.url))

/** How a function is usually shipped: one ES module, its SDK with it. */
export const BUNDLE_OPTIONS = {
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'esm',
  mainFields: ['module', 'main'],
  logLevel: 'silent',
  // Some dependency may still call require, which an ES module has not.
  banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
} satisfies BuildOptions

/** Bundles the worker of one subject, so that no process loads another subject's code. Returns the file. */
export async function bundleWorker(subject: SubjectName, folder: string): Promise<string> {
  const outfile = join(folder, `${subject}.mjs`)
  await build({
    ...BUNDLE_OPTIONS,
    stdin: {
      contents: `import { create } from './subjects/${subject}.ts'\nimport { serve } from './worker.ts'\nserve(create)\n`,
      resolveDir: HERE,
      loader: 'ts',
      sourcefile: `worker-${subject}.ts`,
    },
    outfile,
  })
  return outfile
}
