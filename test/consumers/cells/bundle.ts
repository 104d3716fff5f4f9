import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../command.ts'
import { type Cell, ROOT } from '../world.ts'

const ESBUILD = join(ROOT, 'node_modules/.bin/esbuild')

/** What a bundle is made with: the lines of the README. */
const FORMS = {
  'CJS, the SDK inside': ['--format=cjs', '--outfile=out/inside.cjs'],
  'CJS, the SDK left to the runtime': ['--format=cjs', '--external:@aws-sdk/*', '--outfile=out/outside.cjs'],
  'ESM, the SDK inside': ['--format=esm', '--main-fields=module,main', '--outfile=out/inside.mjs'],
  'ESM, the SDK left to the runtime': ['--format=esm', '--external:@aws-sdk/*', '--outfile=out/outside.mjs'],
} as const

/** Our own part of a bundle, minified, the SDK left out; bytes. Above it something was loaded that a handler does not need. */
const MOST_BYTES = 90_000

export const bundleCells: readonly Cell[] = [
  ...Object.entries(FORMS).flatMap(([name, args]): Cell[] =>
    (['bare', 'lowest'] as const).map((project) => ({
      name: `bundle: esbuild ${name}, ${project === 'bare' ? 'newest' : 'lowest'} SDK, Node 22 and 24`,
      async run(world) {
        const cwd = await world.project(project)
        await run(
          ESBUILD,
          ['handler.mjs', '--bundle', '--platform=node', '--target=node22', '--log-level=warning', ...args],
          { cwd },
        )
        const file = args.at(-1)?.replace('--outfile=', '') ?? ''
        for (const version of ['22', '24'] as const) {
          const node = await world.node(version)
          // As Lambda has it: a bundle must not need require(esm).
          const env = { ...(await world.environment()), NODE_OPTIONS: '--no-experimental-require-module' }
          await run(node, [file.endsWith('.cjs') ? 'run.cjs' : 'run.mjs', file], { cwd, env })
        }
      },
    })),
  ),
  {
    name: 'bundle: nothing of zod, Middy, client-sqs or the test kit gets into a handler',
    async run(world) {
      const cwd = await world.project('newest')
      const args = [
        'handler.mjs',
        '--bundle',
        '--platform=node',
        '--format=esm',
        '--minify',
        '--external:@aws-sdk/*',
      ]
      await run(
        ESBUILD,
        [...args, '--metafile=out/meta.json', '--outfile=out/own.mjs', '--log-level=warning'],
        { cwd },
      )
      // esbuild's own format.
      const meta = JSON.parse(readFileSync(join(cwd, 'out/meta.json'), 'utf8')) as { inputs: object }
      const inputs = Object.keys(meta.inputs)
      const foreign = inputs.filter(
        (name) => name !== 'handler.mjs' && name !== 'node_modules/oncekit/dist/src/index.js',
      )
      if (foreign.length > 0) throw new Error(`In the bundle: ${foreign.join(', ')}`)
      const { size } = statSync(join(cwd, 'out/own.mjs'))
      if (size > MOST_BYTES)
        throw new Error(`The bundle is ${size} bytes; at most ${MOST_BYTES} are expected.`)
    },
  },
]
