import { join } from 'node:path'
import { mustFail, run } from '../command.ts'
import { namedBlocks } from '../readme.ts'
import type { Cell, NodeVersion, World } from '../world.ts'

const VM_MODULES = { NODE_OPTIONS: '--experimental-vm-modules' }

async function jest(
  world: World,
  node: NodeVersion,
  args: readonly string[],
): Promise<[string, string[], string]> {
  const cwd = await world.project('jest')
  for (const name of ['jest.config.cjs', 'jest.esm.config.cjs']) world.write(cwd, name, namedBlocks(name))
  return [await world.node(node), [join(cwd, 'node_modules/jest/bin/jest.js'), ...args], cwd]
}

export const testRunnerCells: readonly Cell[] = [
  ...(['22', '24'] as const).flatMap((node): Cell[] => [
    {
      name: `jest: CommonJS with the README's jest.config.cjs, Node ${node}`,
      async run(world) {
        const [binary, args, cwd] = await jest(world, node, ['-c', 'jest.config.cjs', 'jest/kit.test.js'])
        await run(binary, args, { cwd })
      },
    },
    {
      name: `jest: ES modules with the README's jest.esm.config.cjs, Middy too, Node ${node}`,
      async run(world) {
        const [binary, args, cwd] = await jest(world, node, [
          '-c',
          'jest.esm.config.cjs',
          'jest/middy.test.ts',
        ])
        await run(binary, args, { cwd, env: VM_MODULES })
      },
    },
  ]),
  {
    name: 'jest: the default set-up cannot load ES modules, which is what the recipe is for',
    async run(world) {
      const [binary, args, cwd] = await jest(world, '24', ['-c', '{}', 'jest/kit.test.js'])
      await mustFail(binary, args, /Must use import to load ES Module/, { cwd })
    },
  },
  {
    name: 'vitest: the default set-up, Node 22 and 24',
    async run(world) {
      const cwd = await world.project('newest')
      for (const version of ['22', '24'] as const)
        await run(await world.node(version), [join(cwd, 'node_modules/vitest/vitest.mjs'), 'run', 'vitest'], {
          cwd,
        })
    },
  },
]
