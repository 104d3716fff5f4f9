import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { LogGroup } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'

/** The actions of X-Ray, which know no resources; named here, so that Lambda's construct need not add them. */
const TRACE_ACTIONS = ['xray:PutTelemetryRecords', 'xray:PutTraceSegments']

/**
 * A role that may write to its own log group and to X-Ray. Lambda's managed policy would allow every log group.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html
 */
export function functionRole(scope: Construct, logGroup: LogGroup): Role {
  const role = new Role(scope, 'Role', {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    description: 'Writes its own logs and traces, reads its queue, and claims records of its own namespace.',
  })
  logGroup.grantWrite(role)
  role.addToPolicy(new PolicyStatement({ effect: Effect.ALLOW, actions: TRACE_ACTIONS, resources: ['*'] }))
  return role
}
