import { ConfigError } from '../../errors/config-error.ts'

/** The SDK's package for SQS: its commands. */
export type SqsSdk = typeof import('@aws-sdk/client-sqs')

/**
 * Loads the SDK's package for SQS where it is used: whoever tests with events alone does not need it.
 * @throws ConfigError that names the package and how to install it
 */
export async function sqsSdk(): Promise<SqsSdk> {
  try {
    return await import('@aws-sdk/client-sqs')
  } catch (cause) {
    throw new ConfigError(
      'localQueue needs the package @aws-sdk/client-sqs, which could not be loaded: npm install --save-dev @aws-sdk/client-sqs',
      { cause },
    )
  }
}
