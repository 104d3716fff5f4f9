import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')
let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'oncekit-declarations-'))
  const options = ['--noEmit', 'false', '--declaration', '--emitDeclarationOnly', '--stripInternal']
  const entries = ['src/index.ts', 'src/testing/index.ts'].map((entry) => join(root, entry))
  const config = [...options, '--outDir', folder, '--rootDir', root]
  execFileSync(
    process.execPath,
    [
      join(root, 'node_modules/typescript/bin/tsc'),
      '--ignoreConfig',
      ...compilerOptions(),
      ...config,
      ...entries,
    ],
    { cwd: root, encoding: 'utf8', stdio: 'pipe' },
  )
}, 300_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The repository's own compiler options, as flags. */
function compilerOptions(): string[] {
  const config: unknown = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8'))
  const { compilerOptions: options } = config as { compilerOptions: Record<string, unknown> }
  const { noEmit: _, ...rest } = options
  return Object.entries(rest).flatMap(([name, value]) => [
    `--${name}`,
    Array.isArray(value) ? value.join(',') : String(value),
  ])
}

function declarations(): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.d.ts'))
    .map((name) => join(folder, name))
}

describe('the published declarations', () => {
  it('have no `any` in them', () => {
    const files = declarations()
    expect(files.length).toBeGreaterThan(20)
    const found = files.flatMap((file) =>
      withoutComments(readFileSync(file, 'utf8'))
        .split('\n')
        .filter((line) => /\bany\b/.test(line))
        .map((line) => `${relative(folder, file)}: ${line.trim()}`),
    )
    expect(found).toEqual([])
  })

  it('say what each public name is: every export of the entry has a doc comment', () => {
    const entry = readFileSync(join(root, 'src/index.ts'), 'utf8')
    const exported = [...entry.matchAll(/^export (?:type )?\{([^}]*)\} from '([^']+)'/gm)].flatMap(
      ([, names = '', from = '']) =>
        names
          .split(',')
          .map((name) => name.trim().replace(/^type /, ''))
          .filter(Boolean)
          .map((name) => [name, from] as const),
    )
    expect(exported.length).toBeGreaterThan(20)
    const undocumented = exported.filter(([name, from]) => {
      const text = readFileSync(join(root, 'src', from), 'utf8')
      return !new RegExp(
        `\\*/\\nexport (?:abstract )?(?:type|interface|class|function|const) ${name}\\b`,
      ).test(text)
    })
    expect(undocumented).toEqual([])
  })
})

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*$/gm, '')
}
