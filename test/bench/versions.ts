import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import type { Results } from './results.ts'

const PACKAGES = [
  '@aws-lambda-powertools/idempotency',
  '@aws-lambda-powertools/batch',
  '@middy/sqs-partial-batch-failure',
  '@aws-sdk/client-dynamodb',
]

const ROOT = new URL('../../', import.meta.url)

/** Exact versions of what takes part, from the installed packages themselves. */
export function versions(): Record<string, string> {
  const read = (file: string): string => {
    const manifest: { version?: string } = JSON.parse(readFileSync(new URL(file, ROOT), 'utf8'))
    return manifest.version ?? 'unknown'
  }
  const peers = PACKAGES.map((name) => [name, read(`node_modules/${name}/package.json`)])
  return { oncekit: read('package.json'), ...Object.fromEntries(peers) }
}

export function machine(): Results['machine'] {
  const all = cpus()
  return {
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    cpus: all.length,
    cpu: all[0]?.model.trim() ?? 'unknown',
  }
}
