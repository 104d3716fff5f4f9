import { RemovalPolicy } from 'aws-cdk-lib'
import {
  Architecture,
  type FunctionOptions,
  LoggingFormat,
  Runtime,
  RuntimeFamily,
  Tracing,
} from 'aws-cdk-lib/aws-lambda'
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs'
import { type ILogGroup, LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import { LEAST_NODE } from '../invariants/node-version.ts'
import { DEFAULT_TIMEOUT } from './defaults.ts'
import { allowRunning, functionRole } from './function-role.ts'
import { type NewFunctionProps, PASSED_ON, type PassedOnProps } from './new-function-props.ts'

const NEWEST = 'nodejs24.x'

/** The newest Node.js of Lambda; an older CDK has no name for it. */
export const DEFAULT_RUNTIME: Runtime =
  Runtime.ALL.find(({ name }) => name === NEWEST) ?? new Runtime(NEWEST, RuntimeFamily.NODEJS)

/** The log group that is given, or one that is kept for a month. */
export function logGroupOf(scope: Construct, props: NewFunctionProps): ILogGroup {
  return (
    props.logGroup ??
    new LogGroup(scope, 'Logs', {
      retention: props.logRetention ?? RetentionDays.ONE_MONTH,
      removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN,
    })
  )
}

/** A bundled function with a role that may run it, and may write to this log group alone. */
export function newFunction(scope: Construct, props: NewFunctionProps, logGroup: ILogGroup): NodejsFunction {
  const { entry, handler = 'handler', runtime = DEFAULT_RUNTIME, projectRoot, depsLockFilePath } = props
  const role = props.role ?? functionRole(scope)
  allowRunning(role, logGroup, props)
  return new NodejsFunction(scope, 'Function', {
    architecture: Architecture.ARM_64,
    loggingFormat: LoggingFormat.JSON,
    tracing: Tracing.ACTIVE,
    ...passedOn(props),
    ...(entry === undefined ? {} : { entry }),
    ...(projectRoot === undefined ? {} : { projectRoot }),
    ...(depsLockFilePath === undefined ? {} : { depsLockFilePath }),
    handler,
    runtime,
    timeout: props.timeout ?? DEFAULT_TIMEOUT,
    memorySize: props.memorySize ?? 512,
    environment: { ...props.environment },
    logGroup,
    role,
    bundling: {
      format: OutputFormat.ESM,
      target: bundleTarget(runtime),
      mainFields: ['module', 'main'],
      minify: true,
      // The version that was tested is the version that runs; Lambda's own may change under it.
      bundleAwsSDK: true,
      // CommonJS parts inside an ES module still call `require`.
      banner:
        "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
      ...props.bundling,
    },
  })
}

function passedOn(props: PassedOnProps): Partial<FunctionOptions> {
  return Object.fromEntries(
    PASSED_ON.flatMap((name) => (props[name] === undefined ? [] : [[name, props[name]]])),
  )
}

/** What esbuild calls the Node.js of a runtime: `nodejs24.x` → `node24`; where it is not known, the oldest that may be. */
export function bundleTarget({ name }: Runtime): string {
  const [, version] = /^nodejs(\d+)/.exec(name) ?? []
  return `node${version ?? LEAST_NODE}`
}
