import { Annotations, type IAspect, Stack } from 'aws-cdk-lib'
import { CfnAlias, CfnEventSourceMapping, CfnVersion, type IFunction } from 'aws-cdk-lib/aws-lambda'
import type { IConstruct } from 'constructs'
import { partialBatchResponse } from '../invariants/partial-batch-response.ts'

/**
 * Finds every event source mapping of a function, whoever made it, that lacks `ReportBatchItemFailures`: an error at
 * synth. It sees the whole app, aliases and versions of the function among it, but not what lies outside.
 */
export class PartialResponseAspect implements IAspect {
  readonly #function: IFunction

  constructor(handler: IFunction) {
    this.#function = handler
  }

  visit(node: IConstruct): void {
    if (!(node instanceof CfnEventSourceMapping) || !this.#feeds(node.functionName, node)) return
    const types: unknown = Stack.of(node).resolve(node.functionResponseTypes)
    const partialResponse = Array.isArray(types) && types.includes('ReportBatchItemFailures')
    const breach = partialBatchResponse.check({ partialResponse })
    if (breach)
      Annotations.of(node).addError(
        `${partialBatchResponse.id}: ${breach.found} It feeds ${this.#function.node.path}. ${breach.fix} ${partialBatchResponse.reason} ${partialBatchResponse.page}`,
      )
  }

  #feeds(name: string, from: IConstruct): boolean {
    const { functionName, functionArn } = this.#function
    // A reference across stacks is the same token.
    if (name === functionName || name === functionArn) return true
    const stack = Stack.of(from)
    const target = JSON.stringify(stack.resolve(name))
    if (stack === Stack.of(this.#function)) {
      if (target === resolved(stack, functionName) || target === resolved(stack, functionArn)) return true
    }
    return stack.node
      .findAll()
      .some(
        (other) =>
          (other instanceof CfnAlias || other instanceof CfnVersion) &&
          resolved(stack, other.ref) === target &&
          this.#feeds(other.functionName, other),
      )
  }
}

function resolved(stack: Stack, token: string): string {
  return JSON.stringify(stack.resolve(token))
}
