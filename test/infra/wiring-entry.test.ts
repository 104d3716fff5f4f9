import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'
import * as cdk from '../../infra/index.ts'
import * as wiring from '../../infra/wiring.ts'

const INFRA = join(import.meta.dirname, '..', '..', 'infra')

/** Loads a module in a process in which no package can be found, and runs an expression on it. */
function loadAlone(file: string, expression: string): string {
  const hook = `
    import { registerHooks } from 'node:module'
    registerHooks({ resolve(specifier, context, next) {
      if (/^(\\.|\\/|file:|node:|data:)/.test(specifier)) return next(specifier, context)
      throw new Error('not installed: ' + specifier)
    } })`
  const program = `const entry = await import(${JSON.stringify(pathToFileURL(file).href)}); console.log(${expression})`
  const imported = `data:text/javascript,${encodeURIComponent(hook)}`
  return execFileSync(
    process.execPath,
    ['--import', imported, '--input-type=module', '--eval', program],
    // Node's own note that it strips types is nothing to read here.
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
  ).trim()
}

describe('oncekit/wiring', () => {
  it('judges a wiring where no package is installed, aws-cdk-lib among them', () => {
    const ids = loadAlone(
      join(INFRA, 'wiring.ts'),
      'entry.checkWiring({ ...entry.LEASE_DEFAULTS, timeoutMs: 30_000, visibilityMs: 30_000, deadLetter: null }).map(({ id }) => id).join()',
    )
    expect(ids).toBe('visibility-covers-lease,visibility-covers-retries,dead-letter-present')
  })

  it('is tried in a process where oncekit/cdk cannot load', () => {
    expect(() => loadAlone(join(INFRA, 'index.ts'), '1')).toThrow('not installed: aws-cdk-lib')
  })

  it('bundles without any package', async () => {
    const { metafile } = await build({
      entryPoints: [join(INFRA, 'wiring.ts')],
      bundle: true,
      format: 'esm',
      platform: 'node',
      packages: 'external',
      metafile: true,
      write: false,
    })
    const imports = Object.values(metafile.outputs).flatMap((output) => output.imports)
    expect(imports).toEqual([])
    expect(Object.keys(metafile.inputs).filter((path) => path.includes('node_modules'))).toEqual([])
  })

  it('is all there in oncekit/cdk too', () => {
    expect(cdk).toMatchObject(wiring)
  })
})
