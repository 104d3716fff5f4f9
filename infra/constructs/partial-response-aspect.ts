import { Annotations, CfnElement, type IAspect, Stack } from 'aws-cdk-lib'
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
    if (!(node instanceof CfnEventSourceMapping) || !this.#isNamed(node.functionName, Stack.of(node))) return
    const types: unknown = Stack.of(node).resolve(node.functionResponseTypes)
    const partialResponse = Array.isArray(types) && types.includes('ReportBatchItemFailures')
    const breach = partialBatchResponse.check({ partialResponse })
    if (breach)
      Annotations.of(node).addError(
        `${partialBatchResponse.id}: ${breach.found} It feeds ${this.#function.node.path}. ${breach.fix} ${partialBatchResponse.reason} ${partialBatchResponse.page}`,
      )
  }

  /** Whether this name, in a template of this stack, means the function: itself, or an alias or version of it. */
  #isNamed(name: string, stack: Stack): boolean {
    const { functionName, functionArn } = this.#function
    // A reference across stacks is the same token; a plain name or ARN the same text.
    if (name === functionName || name === functionArn) return true
    const ids = referenced(stack.resolve(name))
    if (ids.size === 0) return false
    return stack.node.findAll().some((other) => {
      if (!(other instanceof CfnElement) || !ids.has(String(stack.resolve(other.logicalId)))) return false
      if (other === this.#function.node.defaultChild) return true
      const isFace = other instanceof CfnAlias || other instanceof CfnVersion
      return isFace && this.#isNamed(other.functionName, stack)
    })
  }
}

/** Logical ids that a resolved value refers to, by `Ref` or `Fn::GetAtt`, at any depth. */
function referenced(value: unknown, ids = new Set<string>()): Set<string> {
  if (typeof value !== 'object' || value === null) return ids
  for (const [name, inner] of Object.entries(value)) {
    if (name === 'Ref') ids.add(String(inner))
    else if (name === 'Fn::GetAtt' && Array.isArray(inner)) ids.add(String(inner[0]))
    else referenced(inner, ids)
  }
  return ids
}
