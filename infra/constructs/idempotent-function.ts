import { Annotations, Aspects, type Duration, Stage } from 'aws-cdk-lib'
import type { IGrantable, IPrincipal } from 'aws-cdk-lib/aws-iam'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import type { ILogGroup } from 'aws-cdk-lib/aws-logs'
import { Construct, type IConstruct } from 'constructs'
import { ConfigError } from '../../src/errors/config-error.ts'
import { checkWiring } from '../invariants/check.ts'
import { adviceId, contradictionError } from '../invariants/report.ts'
import type { Wiring } from '../invariants/wiring.ts'
import { DEFAULT_TIMEOUT, DEFAULT_TTL } from './defaults.ts'
import { assertOwnEnvironment, environmentOf } from './environment.ts'
import { type AnyFunction, functionBehind, functionFacts, givenName } from './function-facts.ts'
import { FunctionMappings } from './function-mappings.ts'
import { assertRecords } from './given-table.ts'
import { RUNTIME_ACTIONS } from './grants.ts'
import type { IdempotencyTable } from './idempotency-table.ts'
import { knownMs, knownNumber, knownText } from './known.ts'
import { assertKnownProps } from './known-props.ts'
import { type LeaseProps, leaseFacts } from './lease.ts'
import { HandlerMetrics } from './metrics.ts'
import { defaultNamespace } from './namespace.ts'
import { DEFAULT_RUNTIME, logGroupOf, newFunction } from './new-function.ts'
import type { NewFunctionProps } from './new-function-props.ts'
import { adviseOnPlace, tableReference } from './table-reference.ts'

export interface IdempotentFunctionProps extends NewFunctionProps {
  readonly table: IdempotencyTable
  /**
   * Keeps this function's records apart: letters, digits, dot, underscore and hyphen, 1 to 64 of them.
   * Changing it makes every message look new.
   * @default the function's own name, if it is given one (`functionName`); else made from the construct's path, with a
   * warning, since a construct that is moved would forget its records
   */
  readonly namespace?: string | undefined
  /**
   * Deduplication window of this function, whole seconds.
   * @default Duration.days(14); with IdempotentQueue: what outlives one redrive of its queue
   */
  readonly ttl?: Duration | undefined
  /** The handler's own timing, where it differs from the defaults. */
  readonly lease?: LeaseProps | undefined
  /** A function that exists already, or an alias or a version of one, instead of `entry`. */
  readonly function?: AnyFunction | undefined
}

/**
 * A function that claims records: the environment that the runtime reads, the grant on its own namespace, and its
 * metrics. A new one runs on arm64 and the newest Node.js of Lambda, logs JSON into a log group of its own and is traced.
 *
 * @throws {ConfigError} when it is given no function or two, when its namespace is taken, when what can be told of it is
 * wrong (Node.js below 22, a window shorter than a lease), for no table or an unknown property.
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
  readonly logGroup: ILogGroup | undefined
  readonly #mappings: FunctionMappings

  constructor(scope: Construct, id: string, props: IdempotentFunctionProps) {
    super(scope, id)
    const { path } = this.node
    assertKnownProps(path, 'IdempotentFunction', props)
    if (props.lease !== undefined) assertKnownProps(path, 'lease', props.lease)
    assertRecords(path, props.table)
    assertOneFunction(path, props)
    assertOwnEnvironment(path, props.environment)
    this.table = props.table
    this.ttl = props.ttl ?? DEFAULT_TTL
    this.lease = props.lease ?? {}
    const functionName = props.function ? givenName(props.function) : knownText(props.functionName)
    this.namespace = props.namespace ?? defaultNamespace(this, functionName)
    this.metrics = new HandlerMetrics(this.namespace)
    const records = {
      ...leaseFacts(this.lease),
      namespace: knownText(this.namespace),
      ttlMs: knownMs(this.ttl),
    }
    this.#check({ ...records, ...(props.function ? functionFacts(props.function) : newFunctionFacts(props)) })
    this.table.reserveNamespace(this.namespace, this)
    // An alias is a function, also where its optional properties have another type.
    if (props.function) this.function = props.function as IFunction
    else {
      this.logGroup = logGroupOf(this, props)
      this.function = newFunction(this, props, this.logGroup)
    }
    this.grantPrincipal = this.function.grantPrincipal
    this.#setEnvironment()
    this.#grant()
    adviseOnPlace(this, this.table.table, this.function.env)
    this.#mappings = new FunctionMappings(this.function, records)
    // Aspects of an app do not reach into its stages.
    Aspects.of(Stage.of(this) ?? this.node.root).add(this.#mappings)
  }

  /** Called by `IdempotentQueue`, which gives the advice on its mapping itself. */
  hasAdvised(mapping: IConstruct): void {
    this.#mappings.hasAdvised(mapping)
  }

  /** What can be told without a queue; an `IdempotentQueue` has checked it already, and more. */
  #check(wiring: Wiring): void {
    const findings = checkWiring(wiring).filter(({ severity }) => severity === 'throw')
    if (findings.length > 0) throw contradictionError(this.node.path, findings)
  }

  #setEnvironment(): void {
    const environment = environmentOf({
      table: tableReference(this.table.table, this.function.env),
      namespace: this.namespace,
      ttlMs: knownMs(this.ttl) ?? this.ttl.toSeconds() * 1000,
    })
    const behind = functionBehind(this.function)
    if (takesEnvironment(behind))
      for (const [name, value] of Object.entries(environment)) behind.addEnvironment(name, value)
    else
      Annotations.of(this).addWarningV2(
        adviceId('environment-by-hand'),
        `${this.node.path} is given an imported function, whose environment cannot be set from here. Set ${Object.keys(environment).join(', ')} where the function is made.`,
      )
  }

  #grant(): void {
    if (this.function.role) this.table.grantRuntime(this, this.namespace)
    else
      Annotations.of(this).addWarningV2(
        adviceId('grants-by-hand'),
        `${this.node.path} is given a function imported without its role, to which nothing can be granted from here. Import it with its role (Function.fromFunctionAttributes), or grant its role ${RUNTIME_ACTIONS.join(', ')} on the table, and the reading of its queue.`,
      )
  }
}

/** What is known about a function that is yet to be made. */
export function newFunctionFacts(props: NewFunctionProps): Wiring {
  return {
    timeoutMs: knownMs(props.timeout ?? DEFAULT_TIMEOUT),
    runtime: knownText((props.runtime ?? DEFAULT_RUNTIME).name),
    reservedConcurrency: knownNumber(props.reservedConcurrentExecutions),
  }
}

interface TakesEnvironment {
  addEnvironment(name: string, value: string): unknown
}

/** Every function of an app, by whatever construct it is made; an imported one does not. */
function takesEnvironment(handler: IFunction): handler is IFunction & TakesEnvironment {
  return 'addEnvironment' in handler && typeof handler.addEnvironment === 'function'
}

function assertOneFunction(path: string, props: IdempotentFunctionProps): void {
  const { function: existing, table: _, namespace: __, ttl: ___, lease: ____, ...own } = props
  const given = Object.entries(own).flatMap(([name, value]) => (value === undefined ? [] : [name]))
  if (existing && given.length > 0)
    throw new ConfigError(
      `${path} is given an existing function and also ${given.join(', ')}. Those are for a new function: set them where the function is made.`,
    )
  const ofNewLogs = (['logRetention', 'removalPolicy'] as const).filter((name) => own[name] !== undefined)
  if (own.logGroup && ofNewLogs.length > 0)
    throw new ConfigError(
      `${path} is given an existing logGroup and also ${ofNewLogs.join(', ')}. Those are for a new log group: set them where the log group is made.`,
    )
  if (!existing && own.entry === undefined)
    throw new ConfigError(`${path} has no function. Give "entry", the handler's file, or "function".`)
}
