import { join } from 'node:path'
import { mustFail, run } from '../command.ts'
import type { ProjectName } from '../projects.ts'
import type { Cell, World } from '../world.ts'

const COMPILERS = ['ts-5.9', 'ts-6', 'ts-7'] as const
type Compiler = (typeof COMPILERS)[number]

const RESOLUTIONS = {
  nodenext: { module: 'nodenext', moduleResolution: 'nodenext' },
  bundler: { module: 'preserve', moduleResolution: 'bundler' },
} as const

/** The strictest settings, with declarations: what is inferred has to be nameable. */
const STRICT = {
  target: 'es2023',
  lib: ['es2023'],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  declaration: true,
  skipLibCheck: true,
  outDir: 'out',
}

async function compile(
  world: World,
  compiler: Compiler,
  project: ProjectName,
  files: readonly string[],
  settings: Readonly<Record<string, unknown>>,
): Promise<string> {
  const folder = await world.project(project)
  const name = `tsconfig.${compiler}.json`
  world.write(
    folder,
    name,
    JSON.stringify({ compilerOptions: { ...STRICT, rootDir: '.', ...settings }, files }),
  )
  const tsc = join(await world.project('tools'), `node_modules/${compiler}/bin/tsc`)
  return run(process.execPath, [tsc, '-p', name, '--pretty', 'false'], { cwd: folder })
}

const WHOLE = ['types/inferred.mts', 'types/schemas.mts']

const compilerCells: readonly Cell[] = COMPILERS.flatMap((compiler): Cell[] => [
  ...(['nodenext', 'bundler'] as const).map((resolution) => ({
    name: `types: ${compiler}, ${resolution}, newest peers`,
    run: async (world: World) => {
      await compile(world, compiler, 'newest', WHOLE, { ...RESOLUTIONS[resolution], types: ['node'] })
    },
  })),
  {
    name: `types: ${compiler}, nodenext, lowest peers`,
    run: async (world) => {
      await compile(world, compiler, 'lowest', ['types/inferred.mts'], {
        ...RESOLUTIONS.nodenext,
        types: ['node'],
      })
    },
  },
  {
    name: `types: ${compiler}, CommonJS, client-dynamodb alone, declarations of libraries checked`,
    run: async (world) => {
      const settings = {
        ...RESOLUTIONS.nodenext,
        types: ['node'],
        typeRoots: [join(await world.project('newest'), 'node_modules/@types')],
        skipLibCheck: false,
      }
      await compile(world, compiler, 'bare', ['types/bare.cts'], settings)
    },
  },
])

/** Entries by name, and where a tarball has their types. */
const ENTRIES = {
  oncekit: 'dist/src/index.d.ts',
  'oncekit/testing': 'dist/src/testing/index.d.ts',
  'oncekit/wiring': 'dist/infra/wiring.d.ts',
  'oncekit/cdk': 'dist/infra/index.d.ts',
} as const

export const typeCells: readonly Cell[] = [
  {
    name: 'types: each entry exports every type that its exports are made of',
    async run(world) {
      const cwd = await world.project('bare')
      const typescript = join(await world.project('tools'), 'node_modules/ts-5.9')
      const entries = Object.entries(ENTRIES).map(
        ([name, file]) => `${name}=${join(cwd, 'node_modules/oncekit', file)}`,
      )
      await run(process.execPath, ['closure.cjs', typescript, ...entries], { cwd })
    },
  },
  ...compilerCells,
  {
    name: 'types: --module commonjs of TypeScript 5.9 finds no types, as the README says',
    async run(world) {
      const cwd = await world.project('bare')
      const tsc = join(await world.project('tools'), 'node_modules/ts-5.9/bin/tsc')
      const args = [tsc, '--noEmit', '--module', 'commonjs', 'types/bare.cts']
      await mustFail(process.execPath, args, /TS2307|TS2792/, { cwd })
    },
  },
]
