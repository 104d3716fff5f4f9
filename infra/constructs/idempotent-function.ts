import { Annotations, Aspects, type Duration, RemovalPolicy } from 'aws-cdk-lib'
import type { IGrantable, IPrincipal } from 'aws-cdk-lib/aws-iam'
import {
  Architecture,
  type IFunction,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda'
import { type BundlingOptions, NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import { ConfigError } from '../../src/errors/config-error.ts'
import { checkWiring } from '../invariants/check.ts'
import { contradictionError } from '../invariants/report.ts'
import { DEFAULT_TIMEOUT, DEFAULT_TTL } from './defaults.ts'
import { environmentOf } from './environment.ts'
import { functionFacts } from './function-facts.ts'
import { functionRole } from './function-role.ts'
import { RUNTIME_ACTIONS } from './grants.ts'
import { defaultNamespace, type IdempotencyTable } from './idempotency-table.ts'
import { knownMs, knownText } from './known.ts'
import { type LeaseProps, leaseFacts } from './lease.ts'
import { HandlerMetrics } from './metrics.ts'
import { PartialResponseAspect } from './partial-response-aspect.ts'

/** What a new function takes; all of it is refused beside an existing one. */
export interface NewFunctionProps {
  /** The handler's TypeScript or JavaScript file; esbuild bundles it, with the AWS SDK, at synth. */
  readonly entry?: string | undefined
  /**
   * Name of the exported handler.
   * @default 'handler'
   */
  readonly handler?: string | undefined
  /** @default Duration.seconds(30) */
  readonly timeout?: Duration | undefined
  /**
   * Megabytes.
   * @default 512
   */
  readonly memorySize?: number | undefined
  /** Environment variables beside those of the records. */
  readonly environment?: Readonly<Record<string, string>> | undefined
  /** @default none: the account's pool */
  readonly reservedConcurrentExecutions?: number | undefined
  /** Merged over the defaults: ES module, minified, everything bundled. */
  readonly bundling?: BundlingOptions | undefined
  /** Root of the project, where dependencies are found. */
  readonly projectRoot?: string | undefined
  /** The lock file; its folder counts as the root of the bundling. */
  readonly depsLockFilePath?: string | undefined
  /** @default RetentionDays.ONE_MONTH */
  readonly logRetention?: RetentionDays | undefined
  /**
   * What becomes of the log group when it leaves the stack.
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy | undefined
}

export interface IdempotentFunctionProps extends NewFunctionProps {
  readonly table: IdempotencyTable
  /**
   * Keeps this function's records apart: letters, digits, dot, underscore and hyphen, 1 to 64 of them.
   * Changing it makes every message look new.
   * @default made from the construct's path
   */
  readonly namespace?: string | undefined
  /**
   * Deduplication window of this function, whole seconds.
   * @default Duration.days(14); with IdempotentQueue: what outlives one redrive of its queue
   */
  readonly ttl?: Duration | undefined
  /** The handler's own timing, where it differs from the defaults. */
  readonly lease?: LeaseProps | undefined
  /** A function that exists already, instead of `entry`. */
  readonly function?: IFunction | undefined
}

/**
 * A function that claims records: the environment that the runtime reads, the grant on its own namespace, and its
 * metrics. A new one runs on arm64 and the newest Node.js of Lambda, logs JSON into a log group of its own and is traced.
 *
 * @throws {ConfigError} when it is given no function or two, or when its namespace is taken.
 */
export class IdempotentFunction extends Construct implements IGrantable {
  readonly function: IFunction
  readonly namespace: string
  readonly table: IdempotencyTable
  readonly ttl: Duration
  readonly lease: LeaseProps
  readonly grantPrincipal: IPrincipal
  readonly metrics: HandlerMetrics
  /** Of a new function. */
  readonly logGroup: LogGroup | undefined

  constructor(scope: Construct, id: string, props: IdempotentFunctionProps) {
    super(scope, id)
    this.table = props.table
    this.ttl = props.ttl ?? DEFAULT_TTL
    this.lease = props.lease ?? {}
    this.namespace = props.namespace ?? defaultNamespace(this)
    this.metrics = new HandlerMetrics(this.namespace)
    assertOneFunction(this.node.path, props)
    this.#check(props)
    this.table.reserveNamespace(this.namespace, this)
    if (props.function) this.function = props.function
    else {
      this.logGroup = new LogGroup(this, 'Logs', {
        retention: props.logRetention ?? RetentionDays.ONE_MONTH,
        removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN,
      })
      this.function = newFunction(this, props, this.logGroup)
    }
    this.grantPrincipal = this.function.grantPrincipal
    this.#setEnvironment()
    if (this.function.role) this.table.grantRuntime(this, this.namespace)
    else
      Annotations.of(this).addWarningV2(
        'oncekit:grants-by-hand',
        `${this.node.path} is given a function imported without its role, to which nothing can be granted from here. Import it with its role (Function.fromFunctionAttributes), or grant its role ${RUNTIME_ACTIONS.join(', ')} on the table, and the reading of its queue.`,
      )
    Aspects.of(this.node.root).add(new PartialResponseAspect(this.function))
  }

  /** What can be told without a queue; an `IdempotentQueue` has checked it already, and more. */
  #check({ function: existing, timeout = DEFAULT_TIMEOUT }: IdempotentFunctionProps): void {
    const findings = checkWiring({
      ...leaseFacts(this.lease),
      timeoutMs: existing ? functionFacts(existing).timeoutMs : knownMs(timeout),
      namespace: knownText(this.namespace),
      ttlMs: knownMs(this.ttl),
    })
    if (findings.length > 0) throw contradictionError(this.node.path, findings)
  }

  #setEnvironment(): void {
    const environment = environmentOf({
      table: this.table.table.tableName,
      namespace: this.namespace,
      ttlMs: knownMs(this.ttl) ?? this.ttl.toSeconds() * 1000,
    })
    if (this.function instanceof LambdaFunction)
      for (const [name, value] of Object.entries(environment)) this.function.addEnvironment(name, value)
    else
      Annotations.of(this).addWarningV2(
        'oncekit:environment-by-hand',
        `${this.node.path} is given an imported function, whose environment cannot be set from here. Set ${Object.keys(environment).join(', ')} where the function is made.`,
      )
  }
}

function assertOneFunction(path: string, props: IdempotentFunctionProps): void {
  const { function: existing, table: _, namespace: __, ttl: ___, lease: ____, ...own } = props
  const given = Object.entries(own).flatMap(([name, value]) => (value === undefined ? [] : [name]))
  if (existing && given.length > 0)
    throw new ConfigError(
      `${path} is given an existing function and also ${given.join(', ')}. Those are for a new function: set them where the function is made.`,
    )
  if (!existing && own.entry === undefined)
    throw new ConfigError(`${path} has no function. Give "entry", the handler's file, or "function".`)
}

function newFunction(scope: Construct, props: IdempotentFunctionProps, logGroup: LogGroup): NodejsFunction {
  const { entry, handler = 'handler', bundling, projectRoot, depsLockFilePath } = props
  return new NodejsFunction(scope, 'Function', {
    ...(entry === undefined ? {} : { entry }),
    ...(projectRoot === undefined ? {} : { projectRoot }),
    ...(depsLockFilePath === undefined ? {} : { depsLockFilePath }),
    ...(props.reservedConcurrentExecutions === undefined
      ? {}
      : { reservedConcurrentExecutions: props.reservedConcurrentExecutions }),
    handler,
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    timeout: props.timeout ?? DEFAULT_TIMEOUT,
    memorySize: props.memorySize ?? 512,
    environment: { ...props.environment },
    loggingFormat: LoggingFormat.JSON,
    logGroup,
    role: functionRole(scope, logGroup),
    tracing: Tracing.ACTIVE,
    bundling: {
      format: OutputFormat.ESM,
      target: 'node24',
      mainFields: ['module', 'main'],
      minify: true,
      // The version that was tested is the version that runs; Lambda's own may change under it.
      bundleAwsSDK: true,
      // CommonJS parts inside an ES module still call `require`.
      banner:
        "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
      ...bundling,
    },
  })
}
