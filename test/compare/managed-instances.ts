import { InvokeStore } from '@aws/lambda-invoke-store'

/** Set by Lambda on Managed Instances alone: the most invocations that one process gets at once. */
const VARIABLE = 'AWS_LAMBDA_MAX_CONCURRENCY'

let store: Awaited<ReturnType<typeof InvokeStore.getInstanceAsync>> | undefined

/**
 * Loads what Lambda's runtime keeps each invocation's own data in. Before any SDK client: the first to ask for it decides
 * whether it can tell invocations apart.
 */
export async function loadInvokeStore(): Promise<void> {
  store = await InvokeStore.getInstanceAsync(true)
}

/** Runs one invocation with what Lambda's runtime puts around it on Managed Instances. */
export function onManagedInstances<Result>(run: () => Result): Result {
  if (store === undefined) throw new Error('The store of invocations is not loaded.')
  return store.run({}, run)
}

/** Makes this process one of Managed Instances; the returned function ends that. */
export function setManagedInstances(): () => void {
  process.env[VARIABLE] = '64'
  return () => delete process.env[VARIABLE]
}
