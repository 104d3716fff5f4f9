import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './command.ts'
import { ROOT } from './world.ts'

/**
 * Packs a clean clone of what is committed, so that nothing of this checkout's own (an older `dist`, a file that was
 * never added) gets into the package or is missed in it. Only the installed dependencies are this checkout's.
 *
 * @returns the tarball
 */
export async function packCleanClone(folder: string): Promise<string> {
  const clone = join(folder, 'clone')
  await run('git', ['clone', '--quiet', '--no-hardlinks', ROOT, clone], { cwd: folder })
  symlinkSync(join(ROOT, 'node_modules'), join(clone, 'node_modules'))
  mkdirSync(join(folder, 'packed'))
  const said = await run('npm', ['pack', '--silent', '--pack-destination', join(folder, 'packed')], {
    cwd: clone,
  })
  const name = said.trim().split('\n').at(-1) ?? ''
  const tarball = join(folder, 'packed', name)
  if (!existsSync(tarball)) throw new Error(`npm pack made no ${tarball}; it said: ${said}`)
  return tarball
}

/** Files of a tarball, sorted, without its `package/`. */
export async function filesOf(tarball: string): Promise<string[]> {
  const listed = await run('tar', ['-tzf', tarball], { cwd: ROOT })
  return listed
    .trim()
    .split('\n')
    .map((name) => name.replace(/^package\//, ''))
    .sort()
}

/** What the package must hold: what stands in the snapshot, and for `folder/*` the two files of each source in it. */
export async function expectedFiles(): Promise<string[]> {
  const tracked = await run('git', ['ls-tree', '-r', '--name-only', 'HEAD'], { cwd: ROOT })
  const sources = tracked.split('\n').filter((name) => name.endsWith('.ts'))
  return readFileSync(join(import.meta.dirname, 'packed-files.txt'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .flatMap((line) => (line.startsWith('dist/') ? compiled(line, sources) : [line]))
    .sort()
}

/** `dist/src/engine/*` or `dist/infra/index`: the compiled files and their types. */
function compiled(line: string, sources: readonly string[]): string[] {
  const source = line.slice('dist/'.length)
  const folder = source.slice(0, source.lastIndexOf('/'))
  const names = source.endsWith('/*')
    ? sources
        .filter((name) => name.slice(0, name.lastIndexOf('/')) === folder)
        .map((name) => name.slice(0, -3))
    : [source]
  return names.flatMap((name) => [`dist/${name}.js`, `dist/${name}.d.ts`])
}
