import { ConfigError } from '../errors/config-error.ts'
import type { Options } from '../options/options.ts'
import { resolveOptions } from '../options/resolve.ts'
import type { Settings } from '../options/settings.ts'
import type { StandardSchemaV1 } from '../options/standard-schema.ts'
import type { EnvelopeOption } from '../protocol/envelopes.ts'
import { nodeProblem } from '../runtime/node-version.ts'
import { withClock } from '../runtime/with-clock.ts'
import type { RecordStore } from '../store/contract.ts'
import { dynamoStore } from '../store/dynamodb/dynamo-store.ts'
import { type Face, placeOf, sharedNamespace } from './shared-namespace.ts'

/** One function's options, checked, and its store: made once, at start. */
export interface IdempotentFunction {
  readonly settings: Settings
  readonly store: RecordStore
  /** To be called with every event: what can be told only of handlers that run. */
  used(): void
}

/** @throws ConfigError */
export function prepareFunction<
  Schema extends StandardSchemaV1 | undefined,
  Envelope extends EnvelopeOption | undefined,
>(options: Options<Schema, Envelope>, face: Face): IdempotentFunction {
  // Before anything is claimed: what is missing would be missed in the middle of a batch.
  const tooOld = nodeProblem(process.versions.node)
  if (tooOld !== undefined) throw new ConfigError(tooOld)
  const settings = resolveOptions(options)
  const { namespace } = settings
  const say = (detail: string, notice: 'window' | 'options') => {
    settings.observe({ kind: 'notice', notice, namespace, detail })
    settings.log('warn', detail, { notice, namespace })
  }
  for (const { notice, detail } of settings.warnings) say(detail, notice)
  const place = placeOf(options, face)
  let unused = true
  const used = () => {
    if (!unused) return
    unused = false
    const shared = sharedNamespace(settings, place)
    if (shared) say(shared, 'options')
  }
  const { target, runtime } = settings
  const store = 'store' in target ? target.store : dynamoStore({ ...target, runtime })
  if (!store.now) return { settings, store, used }
  // Leases and windows are written and compared in one time: the store's.
  return {
    settings: { ...settings, runtime: withClock(runtime, () => store.now?.() ?? runtime.now()) },
    store,
    used,
  }
}
