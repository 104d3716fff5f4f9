import type { Invariant } from './invariant.ts'
import { PAGES } from './pages.ts'

/** The oldest Node.js that the package runs on: `engines` of its package.json. */
export const LEAST_NODE = 22

/**
 * The function runs on Node.js 22 or newer. A container image and a custom runtime (`provided.…`) say nothing about it.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
 */
export const nodeVersion: Invariant = {
  id: 'node-version',
  severity: 'throw',
  reason: `The package needs Node.js ${LEAST_NODE}: the function would fail at start, at every invocation.`,
  page: PAGES.runtimes,
  check: ({ runtime }) => {
    if (runtime === undefined || runtime.startsWith('provided')) return undefined
    const [, version] = /^nodejs(\d*)/.exec(runtime) ?? []
    if (Number(version ?? 0) >= LEAST_NODE) return undefined
    return {
      found: `The function's runtime is ${runtime}.`,
      fix: `Set runtime to nodejs${LEAST_NODE}.x or newer.`,
    }
  },
}
