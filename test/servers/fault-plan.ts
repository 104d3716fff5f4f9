import { between, fraction } from './seeded.ts'

/** What the proxy does to one request. */
export type Fault =
  /** Applied; then the connection is closed without an answer. */
  | { readonly kind: 'drop-answer' }
  /** Applied; then HTTP 500. */
  | { readonly kind: 'error-after-apply' }
  /** Applied `ms` late, even if the client has given up by then. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** Connection reset; nothing applied. */
  | { readonly kind: 'reset' }
  /** Nothing applied, nothing answered: the connection stays open and silent. */
  | { readonly kind: 'half-open' }
  /** HTTP 400 `ProvisionedThroughputExceededException`; nothing applied. */
  | { readonly kind: 'throttle' }

export type FaultKind = Fault['kind']

export const FAULT_KINDS: readonly FaultKind[] = [
  'drop-answer',
  'error-after-apply',
  'delay',
  'reset',
  'half-open',
  'throttle',
]

/** One request on its way to the server. */
export interface ProxiedRequest {
  /** 1 for the first request that this proxy saw. */
  readonly sequence: number
  /** Name after the dot of `x-amz-target`, such as `BatchExecuteStatement`; empty string without that header. */
  readonly operation: string
  readonly body: Buffer
}

/** Decides the fate of each request; `undefined` lets it pass. */
export type FaultPlan = (request: ProxiedRequest) => Fault | undefined

export interface SeededFaults {
  readonly seed: number
  /** Share of the requests, 0 to 1, that meets each kind; together at most 1. */
  readonly rates: Readonly<Partial<Record<FaultKind, number>>>
  /** Bounds of a delay, milliseconds. @default [50, 500] */
  readonly delayMs?: readonly [number, number] | undefined
  /** Only these operations. @default every one */
  readonly operations?: readonly string[] | undefined
}

/** A plan that draws by seed and sequence number: the n-th request meets the same fault in every run. */
export function seededFaults(options: SeededFaults): FaultPlan {
  const { seed, rates, delayMs: [low, high] = [50, 500] } = options
  const total = FAULT_KINDS.reduce((sum, kind) => sum + (rates[kind] ?? 0), 0)
  if (!(total >= 0 && total <= 1))
    throw new RangeError(`Fault rates add up to ${total}; they must stay within 0 and 1.`)
  return ({ sequence, operation }) => {
    if (options.operations && !options.operations.includes(operation)) return undefined
    let draw = fraction(seed, 'request', sequence)
    for (const kind of FAULT_KINDS) {
      draw -= rates[kind] ?? 0
      if (draw >= 0) continue
      return kind === 'delay' ? { kind, ms: between(low, high, fraction(seed, 'delay', sequence)) } : { kind }
    }
    return undefined
  }
}
