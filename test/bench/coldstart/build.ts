import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { build, type Plugin } from 'esbuild'
import { BUNDLE_OPTIONS } from '../bundle.ts'
import type { SubjectName } from '../subject.ts'
import { handlerSource } from './sizes.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

/** The same handler in three forms, as module files. */
export interface Forms {
  /** Own code in one minified file, the SDK beside it in node_modules. */
  readonly bundled: string
  /** Own code as published: one file, beside the types. */
  readonly unbundled: string
  /** All in one minified file. */
  readonly whole: string
}

/** Compiles this package as it is published, into a folder from which node_modules can be found. */
export async function compilePackage(folder: string): Promise<string> {
  const outDir = join(folder, 'dist')
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')
  await promisify(execFile)(process.execPath, [
    tsc,
    '-p',
    join(ROOT, 'tsconfig.build.json'),
    '--outDir',
    outDir,
    '--declaration',
    'false',
    '--noCheck',
    '--isolatedDeclarations',
    'false',
  ])
  await writeFile(join(outDir, 'package.json'), '{"type":"module","sideEffects":false}')
  const entry = join(outDir, 'src', 'index.js')
  // As `npm run build:entry` does: sixty small files cost more to open than to run.
  await build({
    entryPoints: [join(ROOT, 'src', 'index.ts')],
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    packages: 'external',
    outfile: entry,
    allowOverwrite: true,
    logLevel: 'warning',
  })
  return entry
}

export async function buildForms(subject: SubjectName, folder: string, packageFile: string): Promise<Forms> {
  const target = join(folder, subject)
  await mkdir(target, { recursive: true })
  const form = (name: string) => join(target, `${name}.mjs`)
  const common = { ...BUNDLE_OPTIONS, stdin: handlerSource(subject), minify: true }
  const published: Plugin = {
    name: 'published',
    setup(esbuild) {
      esbuild.onResolve({ filter: /\/src\/index\.ts$/ }, () => ({
        path: pathToFileURL(packageFile).href,
        external: true,
      }))
    },
  }
  await Promise.all([
    build({ ...common, external: ['@aws-sdk/*', '@smithy/*', '@middy/*'], outfile: form('bundled') }),
    build({ ...common, packages: 'external', plugins: [published], outfile: form('unbundled') }),
    build({ ...common, outfile: form('whole') }),
  ])
  return { bundled: form('bundled'), unbundled: form('unbundled'), whole: form('whole') }
}
