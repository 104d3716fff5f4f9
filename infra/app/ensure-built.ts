import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** Root of the repository. */
export const ROOT: string = join(import.meta.dirname, '..', '..')

/**
 * The example imports `oncekit` by its own name, so the package must have been built. In a clean clone it has not:
 * then this builds it, once.
 */
export function ensureBuilt(): void {
  if (existsSync(join(ROOT, 'dist', 'src', 'index.js'))) return
  // Standard output belongs to the template.
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: ROOT, stdio: ['ignore', 2, 2] })
}
