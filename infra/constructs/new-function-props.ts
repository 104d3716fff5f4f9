import type { Duration, RemovalPolicy } from 'aws-cdk-lib'
import type { Vpc } from 'aws-cdk-lib/aws-ec2'
import type { FunctionOptions, Runtime } from 'aws-cdk-lib/aws-lambda'
import type { BundlingOptions } from 'aws-cdk-lib/aws-lambda-nodejs'
import type { ILogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'

/** Properties of any Lambda function that are passed on as they are. Others: make the function, and give it. */
export const PASSED_ON = [
  'adotInstrumentation',
  'allowAllOutbound',
  'allowPublicSubnet',
  'applicationLogLevelV2',
  'architecture',
  'codeSigningConfig',
  'currentVersionOptions',
  'description',
  'environmentEncryption',
  'ephemeralStorageSize',
  'filesystem',
  'functionName',
  'initialPolicy',
  'insightsVersion',
  'ipv6AllowedForDualStack',
  'layers',
  'loggingFormat',
  'paramsAndSecrets',
  'recursiveLoop',
  'reservedConcurrentExecutions',
  'role',
  'runtimeManagementMode',
  'securityGroups',
  'systemLogLevelV2',
  'tracing',
  'vpc',
  'vpcSubnets',
] as const

/** As in CDK's own `FunctionOptions`. (`Vpc` is no `IVpc` to a compiler with `exactOptionalPropertyTypes`.) */
export type PassedOnProps = {
  readonly [Name in (typeof PASSED_ON)[number]]?:
    | FunctionOptions[Name]
    | (Name extends 'vpc' ? Vpc : never)
    | undefined
}

/**
 * What a new function takes; all of it is refused beside an existing one. `vpc`, `layers`, `functionName`, `role` and
 * the like are those of any Lambda function.
 */
export interface NewFunctionProps extends PassedOnProps {
  /** The handler's TypeScript or JavaScript file; esbuild bundles it, with the AWS SDK, at synth. */
  readonly entry?: string | undefined
  /**
   * Name of the exported handler.
   * @default 'handler'
   */
  readonly handler?: string | undefined
  /**
   * Node.js 22 or newer.
   * @default nodejs24.x
   */
  readonly runtime?: Runtime | undefined
  /** @default Duration.seconds(30) */
  readonly timeout?: Duration | undefined
  /**
   * Megabytes.
   * @default 512
   */
  readonly memorySize?: number | undefined
  /** Environment variables beside those of the records. */
  readonly environment?: Readonly<Record<string, string>> | undefined
  /** Merged over the defaults: ES module, minified, everything bundled. */
  readonly bundling?: BundlingOptions | undefined
  /** Root of the project, where dependencies are found. */
  readonly projectRoot?: string | undefined
  /** The lock file; its folder counts as the root of the bundling. */
  readonly depsLockFilePath?: string | undefined
  /**
   * A log group that exists already.
   * @default a new one
   */
  readonly logGroup?: ILogGroup | undefined
  /**
   * Of a new log group.
   * @default RetentionDays.ONE_MONTH
   */
  readonly logRetention?: RetentionDays | undefined
  /**
   * What becomes of a new log group when it leaves the stack.
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy | undefined
}
