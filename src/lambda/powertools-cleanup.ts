import { failureName } from '../observe/failure-name.ts'
import type { Settings } from '../options/settings.ts'

/** Under which Powertools' middlewares leave what is to be called, in this order: cleanupMiddlewares of its commons package. */
const KEYS = ['tracer', 'metrics', 'logger', 'idempotency'].map((name) => `powertools-for-aws.${name}`)

/**
 * For an early response: Middy calls no `after` then, also not that of middlewares whose `before` has run. Powertools asks
 * of whoever answers early to call what its middlewares have left in `request.internal`: else a segment of the Tracer stays
 * open, and metrics and keys of the Logger are those of the next invocation.
 *
 * What fails there changes no answer.
 * @see https://docs.aws.amazon.com/powertools/typescript/latest/api/functions/_aws-lambda-powertools_commons.cleanupMiddlewares.html
 */
export async function cleanUpPowertools(
  request: { readonly internal?: unknown },
  { log, namespace }: Settings,
): Promise<void> {
  const internal = Object(request.internal)
  for (const key of KEYS) {
    const cleanUp: unknown = internal[key]
    if (typeof cleanUp !== 'function') continue
    try {
      await cleanUp(request)
    } catch (error) {
      log('warn', 'A middleware of Powertools did not clean up after an early answer; the answer stands.', {
        failure: failureName(error),
        namespace,
        error,
      })
    }
  }
}
