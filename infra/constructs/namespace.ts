import { Annotations, Names } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { adviceId } from '../invariants/report.ts'

/**
 * The namespace of a function that names none: its own name, as in the handler; without one its place in the app. The
 * place stays the same between deployments, but not when the construct is moved or renamed: that is said.
 */
export function defaultNamespace(owner: Construct, functionName: string | undefined): string {
  if (functionName !== undefined) return functionName
  const place = Names.uniqueResourceName(owner, {
    maxLength: 64,
    allowedSpecialCharacters: '._-',
    separator: '-',
  })
  Annotations.of(owner).addWarningV2(
    adviceId('namespace-from-path'),
    `${owner.node.path} has neither a namespace nor a functionName: its namespace "${place}" is made from its path. Moved or renamed, it would forget every record, and all messages would look new. Set namespace: '${place}' to keep what is deployed, or a name of your own before the first deployment.`,
  )
  return place
}
