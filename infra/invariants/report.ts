import { ConfigError } from '../../src/errors/config-error.ts'
import type { Finding } from './check.ts'

/** One error for all contradictions of the construct at `path`. */
export function contradictionError(path: string, findings: readonly Finding[]): ConfigError {
  const count = findings.length === 1 ? 'one contradiction' : `${findings.length} contradictions`
  const list = findings.map((finding, index) => {
    const { id, found, fix, reason, page } = finding
    return `\n  ${index + 1}. ${id}\n     ${found}\n     Fix: ${fix}\n     Why: ${reason}\n     See: ${page}`
  })
  return new ConfigError(`${path} is wired with ${count}.\n${list.join('\n')}\n`)
}

/** The text of an advice; CDK adds how to acknowledge it. */
export function adviceText({ found, fix, reason, page }: Finding): string {
  return `${found} ${fix} ${reason} ${page}`
}

/** The id by which an advice is acknowledged. */
export function adviceId(id: string): string {
  return `oncekit:${id}`
}
