import { NAMESPACE_PATTERN } from '../../src/protocol/names.ts'
import type { Invariant } from './invariant.ts'
import { PAGES } from './pages.ts'

/**
 * The namespace is one that the handler accepts; it also holds nothing that IAM would read as a wildcard.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.CoreComponents.html
 */
export const namespacePattern: Invariant = {
  id: 'namespace-pattern',
  severity: 'throw',
  reason: 'The function refuses to start, and the grant would not be limited to its records.',
  page: PAGES.keys,
  check: ({ namespace }) =>
    namespace === undefined || NAMESPACE_PATTERN.test(namespace)
      ? undefined
      : {
          found: `namespace is "${namespace}".`,
          fix: 'Set namespace to 1 to 64 letters, digits, ".", "_" or "-".',
        },
}
