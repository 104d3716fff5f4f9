import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb'

type RetryStrategy = Exclude<NonNullable<DynamoDBClientConfig['retryStrategy']>, { retry: unknown }>
type RetryToken = Awaited<
  ReturnType<Extract<RetryStrategy, { acquireInitialRetryToken: unknown }>['acquireInitialRetryToken']>
>

const ATTEMPTS = 20
const DELAY_MS = 2

/**
 * The SDK's retries without their long waits and without their budget, which a run with a third of all requests
 * failing exhausts in seconds: what an outage means is tested elsewhere.
 */
export function patientRetries(): NonNullable<DynamoDBClientConfig['retryStrategy']> {
  return {
    acquireInitialRetryToken: async () => tokenOf(0),
    async refreshRetryTokenForRetry(token, { errorType }) {
      const count = token.getRetryCount() + 1
      if (errorType === 'CLIENT_ERROR' || count >= ATTEMPTS) throw new Error('not retried')
      return tokenOf(count)
    },
    recordSuccess() {},
  }
}

function tokenOf(count: number): RetryToken {
  return { getRetryCount: () => count, getRetryDelay: () => DELAY_MS }
}
