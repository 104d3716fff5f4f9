import { FAULT_KINDS, type FaultKind } from './fault-plan.ts'

/** What a proxy has seen. */
export interface ProxyCounts {
  /** HTTP requests received, faulty ones and the SDK's retries included. */
  readonly requests: number
  /** By operation, such as `BatchExecuteStatement`. */
  readonly operations: Readonly<Record<string, number>>
  readonly faults: Readonly<Record<FaultKind, number>>
  /** Forwarded but not answered by the server: it was down, or went down. */
  readonly upstreamErrors: number
}

/** Counts requests by operation and faults by kind. */
export class ProxyCounters {
  #sequence = 0
  #requests = 0
  #upstreamErrors = 0
  readonly #operations = new Map<string, number>()
  readonly #faults = new Map<FaultKind, number>()

  /** Returns the request's number, which grows across {@link reset}. */
  request(operation: string): number {
    this.#requests += 1
    this.#operations.set(operation, (this.#operations.get(operation) ?? 0) + 1)
    this.#sequence += 1
    return this.#sequence
  }

  fault(kind: FaultKind): void {
    this.#faults.set(kind, (this.#faults.get(kind) ?? 0) + 1)
  }

  upstreamError(): void {
    this.#upstreamErrors += 1
  }

  reset(): void {
    this.#requests = 0
    this.#upstreamErrors = 0
    this.#operations.clear()
    this.#faults.clear()
  }

  snapshot(): ProxyCounts {
    const faults = Object.fromEntries(FAULT_KINDS.map((kind) => [kind, this.#faults.get(kind) ?? 0]))
    return {
      requests: this.#requests,
      operations: Object.fromEntries(this.#operations),
      // Object.fromEntries loses the keys; they are exactly FAULT_KINDS.
      faults: faults as Record<FaultKind, number>,
      upstreamErrors: this.#upstreamErrors,
    }
  }
}
