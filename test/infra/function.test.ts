import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib'
import { AttributeType, Table } from 'aws-cdk-lib/aws-dynamodb'
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2'
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import {
  Alias,
  CfnFunction,
  Code,
  type IFunction,
  type IVersion,
  Function as LambdaFunction,
  LayerVersion,
  Runtime,
  SingletonFunction,
  Tracing,
  Version,
} from 'aws-cdk-lib/aws-lambda'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import { describe, expect, it } from 'vitest'
import { IdempotencyDashboard } from '../../infra/constructs/dashboard.ts'
import type { AnyFunction } from '../../infra/constructs/function-facts.ts'
import { IdempotencyTable } from '../../infra/constructs/idempotency-table.ts'
import {
  IdempotentFunction,
  type IdempotentFunctionProps,
} from '../../infra/constructs/idempotent-function.ts'
import { IdempotentQueue } from '../../infra/constructs/idempotent-queue.ts'
import { bundleTarget } from '../../infra/constructs/new-function.ts'
import {
  ENTRY,
  errors,
  onlyResource,
  queueStack,
  resources,
  testApp,
  thrown,
  warnings,
} from './test-stack.ts'

const FUNCTION = 'AWS::Lambda::Function'

function setUp(): { stack: Stack; table: IdempotencyTable } {
  const stack = new Stack(testApp(), 'Shop')
  return { stack, table: new IdempotencyTable(stack, 'Records') }
}

function newFunction(props: (stack: Stack) => Partial<IdempotentFunctionProps>): {
  stack: Stack
  handler: IdempotentFunction
} {
  const { stack, table } = setUp()
  const own = { table, entry: ENTRY, namespace: 'orders', ...props(stack) }
  return { stack, handler: new IdempotentFunction(stack, 'Handler', own) }
}

/** A function as others make it. */
function plain(stack: Stack, id = 'Plain', functionName?: string): LambdaFunction {
  return new LambdaFunction(stack, id, {
    runtime: Runtime.NODEJS_22_X,
    handler: 'index.handler',
    code: Code.fromInline('//'),
    timeout: Duration.seconds(45),
    ...(functionName === undefined ? {} : { functionName }),
  })
}

describe('properties of any Lambda function', () => {
  it('are passed on: layers, description, name, storage, runtime', () => {
    const { stack } = newFunction((s) => ({
      layers: [
        LayerVersion.fromLayerVersionArn(s, 'L', 'arn:aws:lambda:eu-central-1:111122223333:layer:tools:7'),
      ],
      description: 'Charges orders',
      functionName: 'charge-orders',
      runtime: Runtime.NODEJS_22_X,
      reservedConcurrentExecutions: 9,
      memorySize: 1024,
    }))
    expect(onlyResource(stack, FUNCTION)).toMatchObject({
      Layers: ['arn:aws:lambda:eu-central-1:111122223333:layer:tools:7'],
      Description: 'Charges orders',
      FunctionName: 'charge-orders',
      Runtime: 'nodejs22.x',
      ReservedConcurrentExecutions: 9,
      MemorySize: 1024,
    })
  })

  it('are passed on by a queue too', () => {
    const { stack } = queueStack({ description: 'Charges orders', functionName: 'charge-orders' })
    expect(onlyResource(stack, FUNCTION)).toMatchObject({
      Description: 'Charges orders',
      FunctionName: 'charge-orders',
    })
  })

  it('put it into a VPC, with what its network interfaces need and no managed policy', () => {
    const { stack } = newFunction((s) => {
      const vpc = Vpc.fromVpcAttributes(s, 'Vpc', {
        vpcId: 'vpc-0a1b2c3d',
        availabilityZones: ['eu-central-1a'],
        privateSubnetIds: ['subnet-0a1b2c3d'],
      })
      return { vpc, securityGroups: [new SecurityGroup(s, 'Group', { vpc })] }
    })
    expect(onlyResource(stack, FUNCTION)).toMatchObject({ VpcConfig: { SecurityGroupIds: [{}] } })
    const policies = JSON.stringify(resources(stack, 'AWS::IAM::Policy'))
    expect(policies).toContain('ec2:CreateNetworkInterface')
    const roles = JSON.stringify(resources(stack, 'AWS::IAM::Role').filter((role) => !('Policies' in role)))
    expect(roles).not.toContain('AWSLambdaVPCAccessExecutionRole')
    const outside = JSON.stringify(resources(newFunction(() => ({})).stack, 'AWS::IAM::Policy'))
    expect(outside).not.toContain('ec2:')
  })

  it('take a VPC of this app by its own type, which is no IVpc to a strict compiler', () => {
    const { stack } = newFunction((s) => ({ vpc: new Vpc(s, 'Own', { maxAzs: 1 }) }))
    expect(onlyResource(stack, FUNCTION)).toMatchObject({ VpcConfig: { SubnetIds: [{}] } })
  })

  it('give it a role and a log group of its own choice, which get the grants', () => {
    const { stack, handler } = newFunction((s) => ({
      role: new Role(s, 'Own', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') }),
      logGroup: new LogGroup(s, 'OwnLogs'),
    }))
    expect(resources(stack, 'AWS::IAM::Role')).toHaveLength(1)
    expect(resources(stack, 'AWS::Logs::LogGroup')).toHaveLength(1)
    const policy = JSON.stringify(onlyResource(stack, 'AWS::IAM::Policy'))
    for (const action of ['logs:PutLogEvents', 'xray:PutTraceSegments', 'dynamodb:PutItem'])
      expect(policy).toContain(action)
    expect(handler.logGroup?.node.id).toBe('OwnLogs')
  })

  it('ask for no permission to trace where nothing is traced', () => {
    const { stack } = newFunction(() => ({ tracing: Tracing.DISABLED }))
    expect(onlyResource(stack, FUNCTION)['TracingConfig']).toBeUndefined()
    expect(JSON.stringify(resources(stack, 'AWS::IAM::Policy'))).not.toContain('xray:')
  })

  it('take a log group of its own choice beside the removal policy of the queue', () => {
    const stack = new Stack(testApp(), 'Shop')
    const table = new IdempotencyTable(stack, 'Records')
    const logGroup = new LogGroup(stack, 'Own')
    const removalPolicy = RemovalPolicy.DESTROY
    const own = { table, entry: ENTRY, namespace: 'orders', logGroup, removalPolicy }
    expect(new IdempotentQueue(stack, 'Orders', own).handler.logGroup).toBe(logGroup)
  })

  it('refuse a log group beside the properties of a new one', () => {
    expect(() => newFunction((s) => ({ logGroup: new LogGroup(s, 'Own'), logRetention: 7 }))).toThrow(
      'Shop/Handler is given an existing logGroup and also logRetention.',
    )
  })

  it('bundle for the Node.js that it runs on, which is 22 at least', () => {
    expect(bundleTarget(Runtime.NODEJS_22_X)).toBe('node22')
    expect(bundleTarget(new Runtime('nodejs26.x'))).toBe('node26')
    expect(bundleTarget(Runtime.PROVIDED_AL2023)).toBe('node22')
    expect(() => newFunction(() => ({ runtime: Runtime.NODEJS_20_X }))).toThrow('runtime is nodejs20.x')
    expect(() => newFunction(() => ({ runtime: Runtime.PYTHON_3_13 }))).toThrow('runtime is python3.13')
  })
})

describe('an existing function', () => {
  it.each([
    ['Alias', (s: Stack) => plain(s).addAlias('live')],
    [
      'Alias of its own',
      (s: Stack) => new Alias(s, 'A', { aliasName: 'b', version: plain(s).currentVersion as IVersion }),
    ],
    ['Version', (s: Stack) => plain(s).currentVersion],
    ['Version of its own', (s: Stack) => new Version(s, 'V', { lambda: plain(s) })],
    ['SingletonFunction', singleton],
  ] as const)('as %s gets its variables and its grant, and is judged, without work by hand', (_, make) => {
    const { stack, table } = setUp()
    const queue = new IdempotentQueue(stack, 'Orders', {
      table,
      function: make(stack),
      namespace: 'orders',
      ttl: Duration.days(18),
    })
    expect(queue.wiring).toMatchObject({ timeoutMs: 45_000, runtime: 'nodejs22.x', visibilityMs: 270_000 })
    expect(onlyResource(stack, FUNCTION)).toMatchObject({
      Environment: {
        Variables: {
          ONCEKIT_TABLE: stack.resolve(table.table.tableName),
          ONCEKIT_NAMESPACE: 'orders',
          ONCEKIT_TTL: '1555200',
        },
      },
    })
    expect(JSON.stringify(resources(stack, 'AWS::IAM::Policy'))).toContain('dynamodb:PutItem')
    expect(warnings(stack, '/Shop')).toEqual([])
  })

  it('behind an alias is fed through the alias', () => {
    const { stack, table } = setUp()
    const alias = plain(stack).addAlias('live')
    new IdempotentQueue(stack, 'Orders', { table, function: alias, namespace: 'orders' })
    const { FunctionName } = onlyResource(stack, 'AWS::Lambda::EventSourceMapping')
    expect(JSON.stringify(FunctionName)).toContain(
      stack.getLogicalId(alias.node.defaultChild as Parameters<Stack['getLogicalId']>[0]),
    )
  })

  it.each(['nodejs20.x', 'nodejs18.x', 'python3.13'])('on %s is refused by name', (name) => {
    const { stack, table } = setUp()
    const existing = new LambdaFunction(stack, 'Old', {
      runtime: new Runtime(name),
      handler: 'index.handler',
      code: Code.fromAsset(import.meta.dirname),
    })
    for (const face of [existing, existing.addAlias('live')])
      expect(
        () =>
          new IdempotentFunction(stack, `On${face.node.id}`, { table, function: face, namespace: 'orders' }),
      ).toThrow(`The function's runtime is ${name}.\n     Fix: Set runtime to nodejs22.x or newer.`)
  })
})

describe('the namespace', () => {
  const namespaceOf = (props: (stack: Stack) => Partial<IdempotentFunctionProps>) => {
    const { stack, handler } = newFunction((s) => ({ namespace: undefined, ...props(s) }))
    return [handler.namespace, warnings(stack, '/Shop')]
  }

  it("is the function's own name where one is given, wherever the construct stands", () => {
    expect(namespaceOf(() => ({ functionName: 'charge-orders' }))).toEqual(['charge-orders', []])
    const existing = (make: (stack: Stack) => AnyFunction) =>
      namespaceOf((s) => ({ entry: undefined, function: make(s) }))
    expect(existing((s) => plain(s, 'Plain', 'charge-orders'))).toEqual(['charge-orders', []])
    expect(existing((s) => plain(s, 'Plain', 'charge-orders').addAlias('live'))).toEqual([
      'charge-orders',
      [],
    ])
    const [imported] = existing((s) => LambdaFunction.fromFunctionName(s, 'Imported', 'charge-orders'))
    expect(imported).toBe('charge-orders')
  })

  it('that is given comes before the name', () => {
    expect(namespaceOf(() => ({ namespace: 'orders', functionName: 'charge-orders' }))).toEqual([
      'orders',
      [],
    ])
  })

  it('of neither follows the path, and its value is said, so that it can be kept', () => {
    const [namespace, advice] = namespaceOf(() => ({}))
    expect(advice).toEqual([
      expect.stringMatching(
        `^Shop/Handler has neither a namespace nor a functionName: its namespace "${namespace}" is made from its path.*oncekit:namespace-from-path`,
      ),
    ])
    const kept = namespaceOf(() => ({ namespace: String(namespace) }))
    expect(kept).toEqual([namespace, []])
  })

  it('is not said twice, nor by the queue of the function', () => {
    const { stack, table } = setUp()
    const handler = new IdempotentFunction(stack, 'Handler', { table, entry: ENTRY })
    new IdempotentQueue(stack, 'One', { table, function: handler })
    new IdempotentQueue(stack, 'Two', { table, function: handler })
    expect(warnings(stack, '/Shop').filter((text) => text.includes('namespace-from-path'))).toHaveLength(1)
  })
})

describe('properties from JavaScript', () => {
  const make = (Construct: new (...values: never[]) => unknown, props?: unknown) => {
    const { stack, table } = setUp()
    const own = props instanceof Function ? props(table, stack) : props
    return thrown(() => Reflect.construct(Construct, [stack, 'It', own]))
  }

  it.each([
    [
      'a plain Table',
      'a plain table',
      (s: Stack) => new Table(s, 'T', { partitionKey: { name: 'id', type: AttributeType.STRING } }),
    ],
    ['a name', '"records"', () => 'records'],
    ['null', 'null', () => null],
  ] as const)('are refused with %s instead of an IdempotencyTable', (_, given, value) => {
    for (const Construct of [IdempotentFunction, IdempotentQueue, IdempotencyDashboard]) {
      const { name, message } = make(Construct, (_table: unknown, stack: Stack) => ({ table: value(stack) }))
      expect(name).toBe('ConfigError')
      expect(message).toBe(
        `Shop/It: table is ${given}. Allowed: an IdempotencyTable. Make one of an existing table: new IdempotencyTable(this, 'Records', { existing: table }).`,
      )
    }
  })

  it('are refused without a table, and when there are none at all', () => {
    for (const Construct of [IdempotentFunction, IdempotentQueue, IdempotencyDashboard]) {
      expect(make(Construct, {})).toMatchObject({
        name: 'ConfigError',
        message: 'Shop/It has no table. Give "table": an IdempotencyTable, which functions may share.',
      })
      expect(make(Construct)).toMatchObject({
        name: 'ConfigError',
        message: expect.stringContaining(
          `the properties of ${Construct.name} are undefined. Allowed: an object`,
        ),
      })
    }
  })

  it.each([
    [IdempotencyTable, { tabelName: 'x' }, 'tabelName', 'IdempotencyTable', 'tableName'],
    [IdempotentFunction, { vcp: 1 }, 'vcp', 'IdempotentFunction', 'vpc'],
    [IdempotentFunction, { TTL: 1 }, 'TTL', 'IdempotentFunction', 'ttl'],
    [IdempotentQueue, { visibilityTimout: 1 }, 'visibilityTimout', 'IdempotentQueue', 'visibilityTimeout'],
    [IdempotentQueue, { layer: [] }, 'layer', 'IdempotentQueue', 'layers'],
    [IdempotentQueue, { alarms: { critial: [] } }, 'critial', 'alarms', 'critical'],
    [IdempotentQueue, { provisionedPollers: { minimun: 2 } }, 'minimun', 'provisionedPollers', 'minimum'],
    [IdempotentFunction, { lease: { grase: 1 } }, 'grase', 'lease', 'grace'],
    [IdempotentQueue, { lease: { clockEror: 1 } }, 'clockEror', 'lease', 'clockError'],
    [IdempotencyDashboard, { queue: [] }, 'queue', 'IdempotencyDashboard', 'queues'],
  ] as const)(
    '%o with an unknown one is refused with the nearest known one: %j',
    (Construct, props, given, what, meant) => {
      const { name, message } = make(Construct, (table: IdempotencyTable) =>
        Construct === IdempotencyTable ? props : { table, ...props },
      )
      expect(name).toBe('ConfigError')
      expect(message).toMatch(
        new RegExp(
          `^Shop/It(/Handler)?: property "${given}" of ${what} is unknown: did you mean "${meant}"\\?\nAllowed: `,
        ),
      )
    },
  )

  it.each([
    [IdempotentFunction, { ttl: 14 }, 'ttl of IdempotentFunction is 14. Allowed: a Duration, such as'],
    [
      IdempotentQueue,
      { visibilityTimeout: '30s' },
      'visibilityTimeout of IdempotentQueue is "30s". Allowed: a Duration',
    ],
    [IdempotentFunction, { lease: { grace: 1000 } }, 'grace of lease is 1000. Allowed: a Duration'],
    [
      IdempotentQueue,
      { queue: 'orders' },
      'queue of IdempotentQueue is "orders". Allowed: a queue of CDK; an ARN is given as Queue.fromQueueArn(',
    ],
    [
      IdempotentQueue,
      { deadLetterQueue: { queue: 1 } },
      'deadLetterQueue of IdempotentQueue is an object. Allowed: a queue',
    ],
    [
      IdempotentFunction,
      { function: 'charge' },
      'function of IdempotentFunction is "charge". Allowed: a function of CDK',
    ],
    [
      IdempotencyTable,
      { encryptionKey: 'alias/records' },
      'encryptionKey of IdempotencyTable is "alias/records". Allowed: a key',
    ],
    [
      IdempotentFunction,
      { vpc: 'vpc-1' },
      'vpc of IdempotentFunction is "vpc-1". Allowed: a VPC of CDK; an id',
    ],
    [
      IdempotentFunction,
      { role: 'arn:aws:iam::1:role/r' },
      'Allowed: a role of CDK; an ARN is given as Role.fromRoleArn(',
    ],
    [IdempotentFunction, { logGroup: '/aws/lambda/x' }, 'Allowed: a log group of CDK; a name is given as'],
    [IdempotentFunction, { runtime: 'nodejs24.x' }, 'Allowed: a runtime of CDK, such as Runtime.NODEJS_24_X'],
    [
      IdempotentFunction,
      { layers: ['arn:aws:lambda:1'] },
      'layers of IdempotentFunction is an array of 1. Allowed: a list of layers of CDK',
    ],
    [IdempotentFunction, { securityGroups: { id: 1 } }, 'Allowed: a list of security groups'],
    [IdempotentFunction, { handler: 5 }, 'handler of IdempotentFunction is 5. Allowed: text'],
    [
      IdempotentFunction,
      { namespace: Symbol('n') },
      'namespace of IdempotentFunction is Symbol(n). Allowed: text',
    ],
    [IdempotentFunction, { namespace: null }, 'namespace of IdempotentFunction is null. Allowed: text'],
    [IdempotentFunction, { environment: 'A=1' }, 'Allowed: an object of properties'],
    [
      IdempotentFunction,
      { memorySize: '512' },
      'memorySize of IdempotentFunction is "512". Allowed: a whole number',
    ],
    [IdempotentQueue, { lease: null }, 'lease of IdempotentQueue is null. Allowed: an object of properties'],
    [IdempotentQueue, { queueName: 7 }, 'queueName of IdempotentQueue is 7. Allowed: text'],
    [IdempotentQueue, { fifo: 'false' }, 'fifo of IdempotentQueue is "false". Allowed: true or false'],
    [
      IdempotentQueue,
      { maxReceiveCount: 2.5 },
      'maxReceiveCount of IdempotentQueue is 2.5. Allowed: a whole number',
    ],
    [IdempotentQueue, { batchSize: '10' }, 'batchSize of IdempotentQueue is "10". Allowed: a whole number'],
    [
      IdempotentQueue,
      { alarms: true },
      'alarms of IdempotentQueue is true. Allowed: false, or actions by severity',
    ],
    [
      IdempotentQueue,
      { alarms: { critical: 'arn:aws:sns:1' } },
      'critical of alarms is "arn:aws:sns:1". Allowed: a list of alarm actions',
    ],
    [
      IdempotentQueue,
      { provisionedPollers: 5 },
      'provisionedPollers of IdempotentQueue is 5. Allowed: an object',
    ],
    [
      IdempotencyTable,
      { operationsIndex: 'no' },
      'operationsIndex of IdempotencyTable is "no". Allowed: true or false',
    ],
    [IdempotencyTable, { tableName: 5 }, 'tableName of IdempotencyTable is 5. Allowed: text'],
    [
      IdempotencyDashboard,
      { queues: 'orders' },
      'queues of IdempotencyDashboard is "orders". Allowed: a list of IdempotentQueue',
    ],
    [IdempotencyDashboard, { queues: [null] }, 'Allowed: a list of IdempotentQueue'],
    [
      IdempotencyDashboard,
      { dashboardName: [], queues: [] },
      'dashboardName of IdempotencyDashboard is an array of 0. Allowed: text',
    ],
  ] as const)('%o with a value of another kind is refused: %j', (Construct, props, text) => {
    const { name, message } = make(Construct, (table: IdempotencyTable) =>
      Construct === IdempotencyTable ? props : { table, ...props },
    )
    expect(name).toBe('ConfigError')
    expect(message).toMatch(/^Shop\/It: /)
    expect(message).toContain(text)
  })

  it('are checked where they are inherited, too: a construct reads those as well', () => {
    const { message } = make(IdempotentFunction, (table: IdempotencyTable) =>
      Object.assign(Object.create({ vcp: 1 }), { table, entry: ENTRY }),
    )
    expect(message).toContain('property "vcp" of IdempotentFunction is unknown: did you mean "vpc"?')
  })

  it('are all named at once, with where the rest of a function is set', () => {
    const { message } = make(IdempotentQueue, { code: 1, fifoo: true })
    expect(message).toContain('property "code" of IdempotentQueue is unknown')
    expect(message).toContain('property "fifoo" of IdempotentQueue is unknown: did you mean "fifo"?')
    expect(message).toContain('What else a function takes is set where it is made')
  })
})

describe('Managed Instances', () => {
  it('may run for 90 minutes: nothing caps the timeout, and visibility has room for it', () => {
    const { stack, queue } = queueStack({ timeout: Duration.minutes(90) })
    capacity(queue.handler.function)
    expect(onlyResource(stack, FUNCTION)['Timeout']).toBe(5400)
    expect(queue.wiring.visibilityMs).toBe(9 * 3_600_000)
    expect([...errors(stack), ...warnings(stack, '/Shop')]).toEqual([])
  })

  it('are known also where the capacity provider comes later: judged at synth', () => {
    const before = queueStack({ visibilityTimeout: Duration.seconds(190), ttl: Duration.seconds(100) })
    expect(errors(before.stack)).toEqual([])
    const after = queueStack({ visibilityTimeout: Duration.seconds(190), ttl: Duration.seconds(100) })
    capacity(after.queue.handler.function)
    expect(errors(after.stack)).toEqual([
      expect.stringMatching(/^window-outlives-lease: .* Set ttl to at least 2m 3s\./),
    ])
  })

  it('are known by the capacity provider of an existing function, and get the visibility timeout that they need', () => {
    const { stack, table } = setUp()
    const existing = plain(stack)
    const resource = existing.node.defaultChild
    if (!(resource instanceof CfnFunction)) throw new Error('Not a function of this app.')
    resource.timeout = 5
    capacity(existing)
    const queue = new IdempotentQueue(stack, 'Orders', { table, function: existing, namespace: 'orders' })
    // 2 × 5 s, an extension of 60 s, grace and margin; 6 × 5 s would be too short.
    expect(queue.wiring).toMatchObject({ hardKill: false, visibilityMs: 73_000 })
    expect(warnings(stack, '/Shop')).toEqual([])
  })
})

function singleton(stack: Stack): IFunction {
  return new SingletonFunction(stack, 'Single', {
    uuid: 'c0ffee',
    runtime: Runtime.NODEJS_22_X,
    handler: 'index.handler',
    code: Code.fromInline('//'),
    timeout: Duration.seconds(45),
  })
}

/** Puts a function on Managed Instances, as `CapacityProvider.addFunction` does. */
function capacity(handler: IFunction): void {
  const resource = handler.node.defaultChild
  if (!(resource instanceof CfnFunction)) throw new Error('Not a function of this app.')
  resource.capacityProviderConfig = {
    lambdaManagedInstancesCapacityProviderConfig: {
      capacityProviderArn: 'arn:aws:lambda:eu-central-1:111122223333:capacity-provider:spare',
    },
  }
}
