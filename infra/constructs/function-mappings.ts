import { Annotations, type IAspect } from 'aws-cdk-lib'
import {
  CfnAlias,
  CfnEventSourceMapping,
  CfnFunction,
  CfnVersion,
  type IFunction,
} from 'aws-cdk-lib/aws-lambda'
import type { IConstruct } from 'constructs'
import { checkWiring } from '../invariants/check.ts'
import { adviceId, adviceText } from '../invariants/report.ts'
import type { Wiring } from '../invariants/wiring.ts'
import { functionBehind, functionFacts, functionResource, givenName } from './function-facts.ts'
import { mappingFacts, queueOf, readsQueue } from './mapping-facts.ts'
import { referencesOf } from './references.ts'
import { adviseOnSelfSending } from './self-sending.ts'

/**
 * Finds every event source mapping between a queue and a function, whoever made it, and judges it by the invariants at
 * synth: contradictions are errors, advice is a warning at the mapping. It sees the whole app (the stage, where there are
 * several), aliases and versions of the function among it, but neither what lies outside nor raw overrides. What an
 * `IdempotentQueue` has judged it judges again, for changes since, but gives no advice twice.
 */
export class FunctionMappings implements IAspect {
  readonly #function: IFunction
  readonly #records: Wiring
  readonly #advised = new Set<IConstruct>()

  /** @param records namespace, window and lease of the function */
  constructor(handler: IFunction, records: Wiring) {
    this.#function = handler
    this.#records = records
  }

  /** Advice on this mapping has been given. */
  hasAdvised(mapping: IConstruct): void {
    this.#advised.add(mapping)
  }

  visit(node: IConstruct): void {
    if (!(node instanceof CfnEventSourceMapping) || !this.#isNamed(node.functionName, node)) return
    if (!readsQueue(node)) return
    const wiring = { ...functionFacts(this.#function), ...this.#records, ...mappingFacts(node) }
    const notes = Annotations.of(node)
    for (const finding of checkWiring(wiring)) {
      const { id, severity, found } = finding
      const told = { ...finding, found: `${found} The mapping feeds ${this.#function.node.path}.` }
      if (severity === 'throw') notes.addError(`${id}: ${adviceText(told)}`)
      else if (!this.#advised.has(node)) notes.addWarningV2(adviceId(id), adviceText(told))
    }
    const queue = queueOf(node)
    if (queue) adviseOnSelfSending(node, this.#function, queue)
  }

  /** Whether this name means the function: itself, or an alias or version of it. */
  #isNamed(name: string, scope: IConstruct): boolean {
    const { functionName, functionArn } = functionBehind(this.#function)
    if (name === functionName || name === functionArn) return true
    // A plain name, or an ARN that ends in it.
    const given = givenName(this.#function)
    if (given !== undefined && name.replace(/^arn:.*:function:/, '').split(':', 1)[0] === given) return true
    const resource = functionResource(this.#function)
    for (const target of referencesOf(name, scope)) {
      if (target instanceof CfnFunction && target === resource) return true
      const isFace = target instanceof CfnAlias || target instanceof CfnVersion
      if (isFace && this.#isNamed(target.functionName, target)) return true
    }
    return false
  }
}
