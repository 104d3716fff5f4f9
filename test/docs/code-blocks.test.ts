import { describe, expect, it } from 'vitest'
import { compile } from './compile.ts'
import { type Block, blocksOf, pages, read, scriptsFor } from './pages.ts'

/** The compiler reads the whole of the CDK's types; on a busy machine that takes its time. */
const COMPILING = { timeout: 300_000 }
const TYPESCRIPT = ['ts', 'typescript', 'mts']

const all = pages().flatMap((page) => blocksOf(page))

function block(code: string, line = 10): Block {
  return { page: 'docs/some page.md', line, language: 'ts', code, fragment: false }
}

describe('the pages that users read', () => {
  it('begin with the README, which has code', () => {
    expect(pages()).toContain('README.md')
    expect(all.filter(({ page, language }) => page === 'README.md' && language === 'ts')).not.toEqual([])
  })

  it('have TypeScript that compiles against the source, every block of it', COMPILING, () => {
    const blocks = all.filter(({ language, fragment }) => TYPESCRIPT.includes(language) && !fragment)
    expect(compile(blocks)).toEqual([])
  })

  it('have no TypeScript in blocks that do not say so, where nobody would compile it', () => {
    const untold = all
      .filter(({ language, code }) => language === '' && /^\s*(import|export|const|await)\s/m.test(code))
      .map(({ page, line }) => `${page}:${line - 1}`)
    expect(untold).toEqual([])
  })

  it('have JSON that parses', () => {
    const wrong = all
      .filter(({ language }) => language === 'json')
      .flatMap(({ page, line, code }) => {
        try {
          JSON.parse(code)
          return []
        } catch (error) {
          return [`${page}:${line}: ${String(error)}`]
        }
      })
    expect(wrong).toEqual([])
  })

  it('name only scripts that package.json has', () => {
    const unknown = pages().flatMap((page) => {
      const scripts = scriptsFor(page)
      return [...read(page).matchAll(/npm run (?:--?\S+ )*([\w:.-]*\w)/g)]
        .map(([, name = '']) => name)
        .filter((name) => !scripts.has(name))
        .map((name) => `${page}: npm run ${name}`)
    })
    expect(unknown).toEqual([])
  })

  it('mark as fragments only TypeScript', () => {
    const marked = all.filter(({ fragment }) => fragment)
    expect(marked.filter(({ language }) => !TYPESCRIPT.includes(language))).toEqual([])
  })
})

describe('this check itself', () => {
  it('finds an error and names page and line', COMPILING, () => {
    const blocks = [
      block("import { sqsHandler } from 'oncekit'\n\nsqsHandler({ tabel: 'records' }, () => {})"),
      block('const right: number = 1', 20),
    ]
    expect(compile(blocks)).toEqual([expect.stringMatching(/^docs\/some page\.md:12: error TS\d+: .*tabel/)])
  })

  it('finds an import that oncekit does not have', COMPILING, () => {
    const code = "import { sqsHandlers } from 'oncekit'\nimport { nothing } from 'oncekit/testing'"
    expect(compile([block(code)])).toEqual([
      expect.stringContaining('docs/some page.md:10: error'),
      expect.stringContaining('docs/some page.md:11: error'),
    ])
  })

  it('takes each block for a program of its own', COMPILING, () => {
    expect(compile([block('const one = 1'), block('const one = 2', 20)])).toEqual([])
    expect(compile([block('const one = 1'), block('console.log(one)', 20)])).toHaveLength(1)
  })

  it('reads fences: indented, longer, marked, and one inside another', () => {
    const text = [
      '1. a list',
      '   ```ts',
      '   const a = 1',
      '     const b = 2',
      '   ```',
      '<!-- fragment -->',
      '```ts',
      'b',
      '```',
      '````md',
      '```ts',
      'not code of ours',
      '```',
      '````',
    ].join('\n')
    expect(blocksOf('page.md', text)).toEqual([
      { page: 'page.md', line: 3, language: 'ts', code: 'const a = 1\n  const b = 2', fragment: false },
      { page: 'page.md', line: 8, language: 'ts', code: 'b', fragment: true },
      { page: 'page.md', line: 11, language: 'md', code: '```ts\nnot code of ours\n```', fragment: false },
    ])
    expect(() => blocksOf('page.md', 'a\n```ts\nb')).toThrow('page.md:2: the code block is never closed')
  })
})
