import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export const ROOT: string = join(import.meta.dirname, '../..')

/** One fenced block of a page. */
export interface Block {
  /** Page, relative to the repository. */
  readonly page: string
  /** Line of its first line of code, from 1. */
  readonly line: number
  /** What stands after the fence, in lower case: `ts`, `json`, `sh`. */
  readonly language: string
  readonly code: string
  /** Marked `<!-- fragment -->`: no program by itself. */
  readonly fragment: boolean
}

/** All pages that users read; those that exist. */
export function pages(): string[] {
  const patterns = ['README.md', 'docs/**/*.md', 'examples/**/README.md', 'infra/README.md']
  return globSync(patterns, { cwd: ROOT, exclude: (name) => name.includes('node_modules') }).sort()
}

export function read(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8')
}

/** The fenced blocks of a page. A fence may be indented, as inside a list; the indentation is taken off. */
export function blocksOf(page: string, text: string = read(page)): Block[] {
  const blocks: Block[] = []
  let open: { indent: string; fence: string; language: string; line: number; fragment: boolean } | undefined
  let code: string[] = []
  let lastText = ''
  for (const [index, line] of text.split('\n').entries()) {
    if (open === undefined) {
      const [, indent = '', fence, info = ''] = /^(\s*)(`{3,}|~{3,})\s*(\S*)/.exec(line) ?? []
      if (fence !== undefined) {
        const fragment = lastText.trim() === '<!-- fragment -->'
        open = { indent, fence, language: info.toLowerCase(), line: index + 2, fragment }
        code = []
      } else if (line.trim() !== '') lastText = line
    } else if (line.trim().startsWith(open.fence)) {
      const { language, fragment, line: start } = open
      blocks.push({ page, line: start, language, code: code.join('\n'), fragment })
      open = undefined
      lastText = ''
    } else {
      code.push(line.startsWith(open.indent) ? line.slice(open.indent.length) : line)
    }
  }
  if (open !== undefined) throw new Error(`${page}:${open.line - 1}: the code block is never closed`)
  return blocks
}

/** Names of the scripts that `npm run` finds where a reader of this page stands: in its own folder or at the root. */
export function scriptsFor(page: string): ReadonlySet<string> {
  const own = join(ROOT, page, '../package.json')
  const files = [join(ROOT, 'package.json'), ...(existsSync(own) ? [own] : [])]
  return new Set(
    files.flatMap((file) => {
      const manifest: unknown = JSON.parse(readFileSync(file, 'utf8'))
      // npm's own format.
      return Object.keys((manifest as { scripts?: Record<string, string> }).scripts ?? {})
    }),
  )
}
