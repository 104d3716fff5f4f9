import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { type Block, ROOT } from './pages.ts'

/** What a reader imports, and the source behind it. */
const PATHS = {
  oncekit: 'src/index.ts',
  'oncekit/testing': 'src/testing/index.ts',
  'oncekit/cdk': 'infra/index.ts',
  'oncekit/wiring': 'infra/wiring.ts',
}

/**
 * Compiles all blocks in one run of the compiler, against the source.
 * @returns problems, each beginning with the page and line: `README.md:27: error TS2322: …`
 */
export function compile(blocks: readonly Block[]): string[] {
  // Inside the repository, so that packages resolve; in a folder that git ignores.
  mkdirSync(join(ROOT, 'reports'), { recursive: true })
  const folder = mkdtempSync(join(ROOT, 'reports/code-blocks-'))
  try {
    const pageOf = new Map<string, string>()
    for (const block of blocks) {
      const file = `${block.page.replaceAll(/[^A-Za-z0-9]/g, '_')}_${block.line}.ts`
      pageOf.set(file, block.page)
      // Blank lines before it, so that the compiler's line is the page's.
      writeFileSync(join(folder, file), '\n'.repeat(block.line - 1) + block.code)
    }
    const up = relative(folder, ROOT)
    const config = {
      extends: `${up}/tsconfig.json`,
      compilerOptions: {
        // A block without imports is a program of its own all the same.
        moduleDetection: 'force',
        noUnusedLocals: false,
        noUnusedParameters: false,
        paths: Object.fromEntries(Object.entries(PATHS).map(([name, file]) => [name, [`${up}/${file}`]])),
      },
      include: [],
      exclude: [],
      files: [...pageOf.keys()],
    }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
    const compiler = join(ROOT, 'node_modules/typescript/bin/tsc')
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      [compiler, '-p', join(folder, 'tsconfig.json'), '--pretty', 'false'],
      { cwd: folder, encoding: 'utf8' },
    )
    if (status === 0) return []
    const problems = stdout.split('\n').filter((line) => line.includes(': error '))
    if (problems.length === 0) throw new Error(`The compiler failed: ${stdout}${stderr}`)
    return problems.map((problem) =>
      problem.replace(/^([^(]+)\((\d+),\d+\)/, (place, file: string, line: string) =>
        pageOf.has(file) ? `${pageOf.get(file)}:${line}` : place,
      ),
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
