import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'

const root = join(import.meta.dirname, '../..')
let folder: string

/**
 * The built package in a project of its own, its dependencies beside it. Inside this repository the compiler could name
 * whatever it likes by a relative path.
 */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'oncekit-inferred-'))
  const modules = join(folder, 'node_modules')
  mkdirSync(join(modules, 'oncekit'), { recursive: true })
  for (const name of ['dist', 'package.json'])
    cpSync(join(root, name), join(modules, 'oncekit', name), { recursive: true })
  for (const name of ['@aws-sdk', '@middy', '@smithy', '@types', 'zod'])
    symlinkSync(join(root, 'node_modules', name), join(modules, name))
  cpSync(join(root, 'test/consumers/fixtures/types'), folder, { recursive: true })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

// The compiler reads the AWS SDK's types; on a busy machine that takes its time.
it('what the compiler infers of the exports can be named in declarations', { timeout: 300_000 }, () => {
  const compilerOptions = {
    target: 'es2024',
    module: 'nodenext',
    strict: true,
    exactOptionalPropertyTypes: true,
    declaration: true,
    skipLibCheck: true,
    types: ['node'],
    // The linked packages count as installed here.
    preserveSymlinks: true,
    rootDir: '.',
    outDir: 'out',
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['inferred.mts'] }))
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const { stdout, status } = spawnSync(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], {
    encoding: 'utf8',
  })
  expect(stdout).toBe('')
  expect(status).toBe(0)
})
