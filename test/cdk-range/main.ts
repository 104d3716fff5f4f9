/**
 * `npm run cdk-range`: whether `oncekit/cdk` makes on the lowest aws-cdk-lib of the peer range what it makes on the one
 * that is installed here. The lowest is installed into a temporary folder, beside the packed package, as a user's npm
 * would: with its peers checked.
 *
 * Options: --cdk VERSION, --constructs VERSION (default: the lowest of package.json's peer ranges).
 */
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { parseArgs } from 'node:util'
import { differences } from './differences.ts'
import type { Synthesised } from './printed.ts'

const HERE = import.meta.dirname
const ROOT = join(HERE, '..', '..')
const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))

const { values } = parseArgs({ options: { cdk: { type: 'string' }, constructs: { type: 'string' } } })
const lowestOf = (name: string): string => String(manifest.peerDependencies[name]).replace(/^\D+/, '')
const cdk = values.cdk ?? lowestOf('aws-cdk-lib')
const constructs = values.constructs ?? lowestOf('constructs')
const forced = values.cdk !== undefined || values.constructs !== undefined

const folder = mkdtempSync(join(tmpdir(), 'oncekit-cdk-range-'))
try {
  install()
  const beside = ['constructs.ts', 'printed.ts'].map((file) => {
    copyFileSync(join(HERE, file), join(folder, file))
    return join(folder, file)
  })
  const found = [
    ...compare('constructs', run(folder, [beside[0] ?? '']), run(ROOT, [join(HERE, 'constructs.ts')])),
    ...compare(
      'example',
      run(ROOT, ['--import', join(HERE, 'redirect.ts'), example()]),
      run(ROOT, [example()]),
    ),
  ]
  for (const line of found) console.log(`FAILED ${line}`)
  console.log(`aws-cdk-lib ${cdk} with constructs ${constructs}: ${found.length} differences`)
  process.exitCode = found.length === 0 ? 0 : 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function install(): void {
  npm(ROOT, 'pack', '--pack-destination', folder)
  const tarball = readdirSync(folder).find((file) => file.endsWith('.tgz'))
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
  const esbuild = `esbuild@${manifest.devDependencies.esbuild}`
  const packages = [`./${tarball}`, `aws-cdk-lib@${cdk}`, `constructs@${constructs}`, esbuild]
  // Another version than the range has is tried all the same.
  npm(folder, 'install', '--no-audit', '--no-fund', ...(forced ? ['--legacy-peer-deps'] : []), ...packages)
}

function npm(cwd: string, ...args: readonly string[]): void {
  execFileSync('npm', args, { cwd, stdio: ['ignore', 2, 2] })
}

/** Runs a program of this folder. Bundling finds esbuild by the path. */
function run(cwd: string, args: readonly string[]): Synthesised {
  const PATH = [join(ROOT, 'node_modules', '.bin'), process.env['PATH']].join(delimiter)
  const env = { ...process.env, PATH, CDK_FOLDER: folder, JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION: '1' }
  const printed = execFileSync(process.execPath, args, {
    cwd,
    env,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return JSON.parse(printed)
}

function example(): string {
  return join(HERE, 'example.ts')
}

function compare(name: string, older: Synthesised, newer: Synthesised): string[] {
  const count = Object.keys(newer.template.Resources).length
  console.log(`${name}: ${count} resources, ${newer.said.length} messages`)
  return differences(older, newer).map((line) => `${name}: ${line}`)
}
