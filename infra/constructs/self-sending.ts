import { Annotations, Stack } from 'aws-cdk-lib'
import { CfnManagedPolicy, CfnPolicy } from 'aws-cdk-lib/aws-iam'
import type { CfnEventSourceMapping, IFunction } from 'aws-cdk-lib/aws-lambda'
import type { CfnQueue } from 'aws-cdk-lib/aws-sqs'
import type { IConstruct } from 'constructs'
import { adviceId } from '../invariants/report.ts'
import { functionResource } from './function-facts.ts'

/**
 * Says so when the function's role may send to the queue that feeds the function: Lambda takes it for a loop.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html
 */
export function adviseOnSelfSending(
  mapping: CfnEventSourceMapping,
  handler: IFunction,
  queue: CfnQueue,
): void {
  if (functionResource(handler)?.recursiveLoop === 'Allow') return
  if (!handler.role || !maySend(handler.role, queue)) return
  Annotations.of(mapping).addWarningV2(
    adviceId('sends-to-itself'),
    `${handler.node.path} may send to ${queue.node.path}, its own source queue. Lambda stops a message that comes back to the function about 16 times, whatever it does: send to another queue, or set recursiveLoop to RecursiveLoop.ALLOW if the loop ends by itself. https://docs.aws.amazon.com/lambda/latest/dg/invocation-recursion.html`,
  )
}

/** Whether a policy that this app makes for the role allows it to send to this very queue. */
function maySend(role: IConstruct, queue: CfnQueue): boolean {
  return role.node.findAll().some((node) => {
    if (!(node instanceof CfnPolicy || node instanceof CfnManagedPolicy)) return false
    const stack = Stack.of(node)
    const arn = JSON.stringify(stack.resolve(queue.attrArn))
    const { Statement }: Readonly<Record<string, unknown>> = { ...Object(stack.resolve(node.policyDocument)) }
    return listed(Statement).some((statement) => {
      const { Effect, Action, Resource }: Readonly<Record<string, unknown>> = { ...Object(statement) }
      return (
        Effect === 'Allow' &&
        listed(Action).some((action) => action === 'sqs:SendMessage' || action === 'sqs:*') &&
        listed(Resource).some((resource) => JSON.stringify(resource) === arn)
      )
    })
  })
}

function listed(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value]
}
