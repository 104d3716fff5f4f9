/**
 * Waits for all of them, then throws the first failure if there is one: a call that rejects leaves no request of ours
 * under way, which the sandbox would freeze and a later invocation would thaw.
 */
export async function whenAllSettled(promises: readonly Promise<unknown>[]): Promise<void> {
  const results = await Promise.allSettled(promises)
  for (const result of results) if (result.status === 'rejected') throw result.reason
}
