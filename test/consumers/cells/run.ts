import { mustFail, run } from '../command.ts'
import type { ProjectName } from '../projects.ts'
import type { Cell, NodeVersion } from '../world.ts'

const RUNTIMES = ['22', '24'] as const

/** What Lambda adds on its runtimes unless NODE_OPTIONS says otherwise. */
const AS_LAMBDA = { NODE_OPTIONS: '--no-experimental-require-module' }

function runs(
  name: string,
  project: ProjectName,
  node: NodeVersion,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Cell {
  return {
    name,
    async run(world) {
      const cwd = await world.project(project)
      await run(await world.node(node), args, { cwd, env: { ...(await world.environment()), ...env } })
    },
  }
}

export const runCells: readonly Cell[] = [
  ...RUNTIMES.flatMap((node): Cell[] => [
    runs(
      `run: ESM, client-dynamodb alone, Node ${node}`,
      'bare',
      node,
      ['run.mjs', 'handler.mjs'],
      AS_LAMBDA,
    ),
    runs(`run: require(esm), Node ${node}`, 'bare', node, ['run.cjs', 'handler.cjs']),
    runs(`run: require(esm) as Lambda allows it, Node ${node}`, 'bare', node, ['run.cjs', 'handler.cjs'], {
      NODE_OPTIONS: '--experimental-require-module',
    }),
    {
      name: `run: require(esm) is refused with Lambda's own settings, as the README says, Node ${node}`,
      async run(world) {
        const cwd = await world.project('bare')
        const env = { ...(await world.environment()), ...AS_LAMBDA }
        await mustFail(await world.node(node), ['run.cjs', 'handler.cjs'], /ERR_REQUIRE_ESM/, { cwd, env })
      },
    },
    runs(`run: Middy and SDK newest, Node ${node}`, 'newest', node, ['run.mjs', 'middy-handler.mjs']),
    runs(`run: Middy and SDK lowest, Node ${node}`, 'lowest', node, ['run.mjs', 'middy-handler.mjs']),
  ]),
  runs('run: schemas of zod 4, zod mini, valibot, arktype', 'newest', '24', [
    'schemas.mjs',
    'zod',
    'zod/mini',
    'valibot',
    'arktype',
  ]),
  runs('run: schemas of zod 3.24 and 3.25, and zod 3.22 is refused', 'lowest', '24', [
    'schemas.mjs',
    'zod',
    'zod-3-25',
    'zod-3-25/v4',
    '!zod-3-22',
  ]),
  runs('run: an error of the handler is seen in console, Powertools and pino', 'newest', '24', [
    'loggers.mjs',
  ]),
  runs('run: the store keeps its contract on the lowest SDK', 'lowest', '24', ['contract.mjs']),
  runs('run: the store keeps its contract on the newest SDK', 'newest', '24', ['contract.mjs']),
  runs('run: the test kit without client-sqs', 'bare', '24', ['test-kit.mjs']),
  ...(['20', '18'] as const).map(
    (node): Cell => ({
      name: `run: Node ${node} is refused in one sentence, before anything is claimed`,
      async run(world) {
        const cwd = await world.project('bare')
        const sentence = new RegExp(`oncekit needs Node\\.js 22 or newer, and this is Node\\.js ${node}\\.`)
        await mustFail(await world.node(node), ['run.mjs', 'handler.mjs'], sentence, {
          cwd,
          env: await world.environment(),
        })
      },
    }),
  ),
]
