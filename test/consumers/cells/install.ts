import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../command.ts'
import { LOWEST } from '../projects.ts'
import type { Cell } from '../world.ts'

/** What people have already, who want the runtime alone: npm must not refuse beside any of it. */
const BESIDE: Readonly<Record<string, readonly string[]>> = {
  'nothing else': [],
  'the lowest CDK': ['aws-cdk-lib@2.178.0', 'constructs@10.0.5'],
  'zod 3.22': ['zod@3.22.4'],
  'the lowest SDK and Middy': [`@aws-sdk/client-sqs@${LOWEST.sdk}`, `@middy/core@${LOWEST.middy}`],
}

export const installCells: readonly Cell[] = Object.entries(BESIDE).map(([name, packages]) => ({
  name: `install: beside ${name}, without a flag`,
  async run(world) {
    const folder = join(world.folder, `beside-${name.replaceAll(/\W/g, '-')}`)
    mkdirSync(folder)
    writeFileSync(join(folder, 'package.json'), '{"private":true}')
    const sdk = name.includes('SDK') ? LOWEST.sdk : '^3'
    const quiet = ['--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts', '--package-lock-only']
    // First what was there, then oncekit: npm resolves against what stands in package.json.
    if (packages.length > 0) await run('npm', ['install', ...quiet, ...packages], { cwd: folder })
    await run('npm', ['install', ...quiet, await world.tarball(), `@aws-sdk/client-dynamodb@${sdk}`], {
      cwd: folder,
    })
  },
}))
