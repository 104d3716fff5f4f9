import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../command.ts'
import { readmeFiles } from '../readme.ts'
import { type Cell, ROOT, type World } from '../world.ts'

/** The folder's name becomes that of the stack. */
const APP = 'shop'

const FIXTURES = join(import.meta.dirname, '../fixtures')

const FILES = ['src/charge-orders.ts', 'lib/shop-stack.ts'] as const

interface Template {
  readonly Resources: Record<
    string,
    {
      readonly Type: string
      readonly Properties?: { readonly Environment?: { Variables: Record<string, unknown> } }
    }
  >
}

let made: Promise<string> | undefined
let checked: Promise<string> | undefined

/** `cdk init`, the README's install lines, its blocks pasted under the names that it gives them. */
function app(world: World): Promise<string> {
  made ??= make(world)
  return made
}

/** The app, type-checked and synthesised: its bundle and its template are in `cdk.out`. */
function synthesised(world: World): Promise<string> {
  checked ??= app(world).then(async (cwd) => {
    await run('npx', ['--no-install', 'tsc'], { cwd })
    await run('npx', ['--no-install', 'cdk', 'synth', '--quiet'], { cwd })
    return cwd
  })
  return checked
}

async function make(world: World): Promise<string> {
  const folder = join(world.folder, APP)
  mkdirSync(folder)
  const cdk = join(ROOT, 'node_modules/.bin/cdk')
  await run(cdk, ['init', 'app', '--language', 'typescript', '--generate-only'], { cwd: folder })
  await world.install(folder, ['oncekit', '@aws-sdk/client-dynamodb', 'zod'])
  await world.install(folder, ['--save-dev', 'esbuild'])
  const files = readmeFiles()
  for (const name of FILES) {
    const code = files.get(name)
    if (code === undefined) throw new Error(`The README has no block that it calls \`${name}\`.`)
    world.write(folder, name, code)
  }
  const copy = (from: string, to: string) => cpSync(join(FIXTURES, from), join(folder, to))
  copy('quick-start.mjs', 'quick-start.mjs')
  const kit = readFileSync(join(FIXTURES, 'jest/kit.test.js'), 'utf8')
  world.write(folder, 'test/kit.test.ts', `// @ts-nocheck: it is JavaScript.\n${kit}`)
  copy('jest/stack.test.ts', 'test/stack.test.ts')
  // The template's own, of a stack that is ours now.
  rmSync(join(folder, 'test/shop.test.ts'))
  return folder
}

export const quickStartCells: readonly Cell[] = [
  {
    name: "quick start: the README's blocks type-check and synthesise in a fresh `cdk init` app",
    async run(world) {
      await synthesised(world)
    },
  },
  {
    name: "quick start: the deployed bundle runs with the template's own environment, on Node 22 and 24",
    async run(world) {
      const cwd = await synthesised(world)
      const out = join(cwd, 'cdk.out')
      // CloudFormation's own format.
      const template = JSON.parse(readFileSync(join(out, 'ShopStack.template.json'), 'utf8')) as Template
      const variables = Object.values(template.Resources)
        .map(({ Properties }) => Properties?.Environment?.Variables)
        .find((found) => found?.['ONCEKIT_TABLE'] !== undefined)
      const bundles = readdirSync(out).filter((name) => name.startsWith('asset.'))
      if (variables === undefined || bundles.length !== 1)
        throw new Error(`${bundles.length} bundles in cdk.out, or no ONCEKIT_TABLE`)
      for (const version of ['22', '24'] as const) {
        const own = await world.environment()
        const literal = Object.entries(variables).filter(([, value]) => typeof value === 'string')
        const env = {
          ...own,
          ...(Object.fromEntries(literal) as Record<string, string>),
          ONCEKIT_TABLE: own['ONCEKIT_TABLE'],
        }
        await run(await world.node(version), ['quick-start.mjs', join(out, bundles[0] ?? '', 'index.mjs')], {
          cwd,
          env,
        })
      }
    },
  },
  {
    name: "quick start: the app's own jest tests the handler and the stack, with the recipe's two lines",
    async run(world) {
      const cwd = await app(world)
      const config = readFileSync(join(cwd, 'jest.config.js'), 'utf8')
      const recipe = readmeFiles().get('jest.config.cjs') ?? ''
      const lines = recipe.split('\n').filter((line) => /transform/.test(line))
      const patched = config.replace(/ {2}transform: \{[^}]*\},\n/, () => `${lines.join('\n')}\n`)
      if (lines.length !== 2 || patched === config)
        throw new Error('The recipe or the template of cdk init has another form.')
      writeFileSync(join(cwd, 'jest.config.js'), patched)
      await run('npx', ['--no-install', 'jest'], { cwd })
    },
  },
]
