/**
 * Throw it from a handler when trying again cannot help (a closed account, an unknown product). The record becomes
 * POISONED: redeliveries fail without running, until the message is sent again. It is reported like any failure,
 * so that the queue moves it to its dead-letter queue.
 */
export class PermanentError extends Error {
  override readonly name = 'PermanentError'
}

/** By name, so that an error of another copy of the package counts too. */
export function isPermanentError(error: unknown): boolean {
  try {
    return error instanceof Error && error.name === 'PermanentError'
  } catch {
    // A getter or a proxy of the error's own making.
    return false
  }
}
