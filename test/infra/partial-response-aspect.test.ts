import { Duration, Stack } from 'aws-cdk-lib'
import { Code, EventSourceMapping, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda'
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import { Queue } from 'aws-cdk-lib/aws-sqs'
import { describe, expect, it } from 'vitest'
import { errors, queueStack } from './test-stack.ts'

function otherQueue(stack: Stack): Queue {
  return new Queue(stack, 'Other', { visibilityTimeout: Duration.minutes(3) })
}

describe('a mapping of the function that somebody else makes', () => {
  it('is an error at synth without ReportBatchItemFailures', () => {
    const { stack, queue } = queueStack()
    queue.handler.function.addEventSource(new SqsEventSource(otherQueue(stack)))
    expect(errors(stack)).toEqual([
      expect.stringMatching(/^partial-batch-response: .* It feeds Shop\/Orders\/Handler\/Function\. /),
    ])
  })

  it('is found in another stack, too', () => {
    const { app, queue } = queueStack()
    const elsewhere = new Stack(app, 'Elsewhere')
    new EventSourceMapping(elsewhere, 'Mapping', {
      target: queue.handler.function,
      eventSourceArn: otherQueue(elsewhere).queueArn,
    })
    expect(errors(elsewhere)).toHaveLength(1)
  })

  it.each(['an alias', 'a version'])('is found behind %s', (face) => {
    const { stack, queue } = queueStack()
    const { function: handler } = queue.handler
    if (!(handler instanceof LambdaFunction)) throw new Error('Not a function of this app.')
    const target = face === 'an alias' ? handler.addAlias('live') : handler.currentVersion
    target.addEventSource(new SqsEventSource(otherQueue(stack)))
    expect(errors(stack)).toHaveLength(1)
  })

  it('is fine with ReportBatchItemFailures', () => {
    const { stack, queue } = queueStack()
    queue.handler.function.addEventSource(
      new SqsEventSource(otherQueue(stack), { reportBatchItemFailures: true }),
    )
    expect(errors(stack)).toEqual([])
  })

  it('is none of our business when it feeds another function', () => {
    const { stack } = queueStack()
    const other = new LambdaFunction(stack, 'OtherFunction', {
      runtime: Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: Code.fromInline('//'),
    })
    other.addEventSource(new SqsEventSource(otherQueue(stack)))
    expect(errors(stack)).toEqual([])
  })
})
