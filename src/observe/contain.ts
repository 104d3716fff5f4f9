/**
 * Makes a user's function harmless: what it throws or rejects with goes to `onFailure` (itself contained) and no
 * further, and nothing ever waits for it.
 */
export function contain<Arguments extends readonly unknown[]>(
  call: (...values: Arguments) => unknown,
  onFailure: (error: unknown) => unknown = () => {},
): (...values: Arguments) => void {
  const failed = (error: unknown): void => {
    try {
      onFailure(error)
    } catch {
      // Nobody is left to tell.
    }
  }
  return (...values) => {
    try {
      const returned = call(...values)
      // Whatever else is returned cannot fail later. A thenable's `then` runs user code: inside the guard too.
      if (typeof returned === 'object' && returned !== null && 'then' in returned)
        Promise.resolve(returned).catch(failed)
    } catch (error) {
      failed(error)
    }
  }
}
