import { type Alias, CfnFunction, type IFunction, type Version } from 'aws-cdk-lib/aws-lambda'
import type { Wiring } from '../invariants/wiring.ts'
import { knownNumber, knownText, secondsToMs } from './known.ts'
import { referencesOf } from './references.ts'

/** Lambda's timeout when a function sets none. */
const DEFAULT_TIMEOUT_SECONDS = 3

/** Any function, alias or version. (The latter two are no `IFunction` to a compiler with `exactOptionalPropertyTypes`.) */
export type AnyFunction = IFunction | Alias | Version

/** The function itself, where an alias or a version of it is given. */
export function functionBehind(face: AnyFunction): IFunction {
  return isQualified(face) ? functionBehind(face.lambda) : face
}

/** The resource of a function of this app, also of the one behind an alias or a version; `undefined` if it is imported. */
export function functionResource(face: AnyFunction): CfnFunction | undefined {
  const behind = functionBehind(face)
  // A SingletonFunction is not the parent of its resource, but refers to it.
  for (const construct of [behind.node.defaultChild, ...referencesOf(behind.functionArn, behind)])
    if (construct instanceof CfnFunction) return construct
  return undefined
}

/** What is known about a function that exists already; of an imported one nothing. */
export function functionFacts(handler: AnyFunction): Wiring {
  const resource = functionResource(handler)
  if (!resource) return {}
  return {
    timeoutMs: secondsToMs(resource.timeout, DEFAULT_TIMEOUT_SECONDS),
    runtime: knownText(resource.runtime),
    // On Managed Instances, which an older CDK does not know, nothing is killed.
    hardKill: resource.capacityProviderConfig === undefined,
    reservedConcurrency: knownNumber(resource.reservedConcurrentExecutions),
  }
}

/** The name that a function was given, or is imported by; `undefined` where CloudFormation makes it up. */
export function givenName(handler: AnyFunction): string | undefined {
  const resource = functionResource(handler)
  return knownText(resource ? resource.functionName : functionBehind(handler).functionArn.split(':')[6])
}

function isQualified(face: AnyFunction): face is Alias | Version {
  return 'lambda' in face && typeof face.lambda === 'object' && face.lambda !== null
}
