import type { CallContext, StoreNotice } from '../contract.ts'

/** Says something to whoever listens. A listener that throws changes nothing. */
export function tell(notify: CallContext['notify'], notice: StoreNotice): void {
  try {
    notify?.(notice)
  } catch {
    // Nobody to tell.
  }
}
