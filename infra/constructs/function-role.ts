import { Effect, type IRole, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Tracing } from 'aws-cdk-lib/aws-lambda'
import type { ILogGroup } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import type { PassedOnProps } from './new-function-props.ts'

/** The actions of X-Ray, which know no resources; named here, so that Lambda's construct need not add them. */
const TRACE_ACTIONS = ['xray:PutTelemetryRecords', 'xray:PutTraceSegments']

/**
 * What a function in a VPC needs for its network interfaces.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
 */
const NETWORK_ACTIONS = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
]

/** A role without Lambda's managed policies, which would allow every log group. */
export function functionRole(scope: Construct): Role {
  return new Role(scope, 'Role', {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    description: 'Writes its own logs and traces, reads its queue, and claims records of its own namespace.',
  })
}

/**
 * Lets a role write to this log group, to X-Ray if the function is traced, and in a VPC have network interfaces.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
 */
export function allowRunning(role: IRole, logGroup: ILogGroup, { tracing, vpc }: PassedOnProps): void {
  logGroup.grantWrite(role)
  const allow = (actions: string[]) =>
    role.addToPrincipalPolicy(new PolicyStatement({ effect: Effect.ALLOW, actions, resources: ['*'] }))
  if (tracing !== Tracing.DISABLED) allow(TRACE_ACTIONS)
  if (vpc) allow(NETWORK_ACTIONS)
}
