import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './world.ts'

/** The README's blocks that a line before them gives a file name: `src/handler.ts`: in backticks, with a colon. */
export function readmeFiles(): ReadonlyMap<string, string> {
  const text = readFileSync(join(ROOT, 'README.md'), 'utf8')
  const named = text.matchAll(/`([\w./-]+\.(?:ts|js|cjs|mjs))`[^`\n]*:\n\n```\w+\n([\s\S]*?)\n```/g)
  return new Map([...named].map(([, name = '', code = '']) => [name, `${code}\n`]))
}

/** What the README says that stands in this file. */
export function namedBlocks(name: string): string {
  const code = readmeFiles().get(name)
  if (code === undefined) throw new Error(`The README has no block that it calls \`${name}\`.`)
  return code
}
