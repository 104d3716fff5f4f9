import { ConfigError } from '../errors/config-error.ts'
import { KeyMissingError } from '../errors/key-missing-error.ts'
import { deriveId } from './key.ts'
import type { IdempotencyKey } from './message.ts'
import { NAMESPACE_PATTERN } from './names.ts'

/**
 * The id under which the record of a key stands in the table: from an order to its record, for tools and for support.
 * The namespace is the function's (`namespace`, else `ONCEKIT_NAMESPACE`, else the function's name), the key what its
 * `key` option returns for the message; without that option the `idempotency-key` attribute, else the id that its
 * `envelope` has, else the `messageId`.
 *
 * @example recordId('charge-orders', 'ORD-000042')
 * @throws ConfigError when the namespace is none; KeyMissingError when the key is none, for the reason it would fail a message
 */
export function recordId(namespace: string, key: IdempotencyKey): string {
  if (typeof namespace !== 'string' || !NAMESPACE_PATTERN.test(namespace)) {
    const given = typeof namespace === 'string' ? JSON.stringify(namespace) : `of type ${typeof namespace}`
    throw new ConfigError(
      `recordId(namespace, key): the namespace is ${given}. Allowed: text like ${NAMESPACE_PATTERN.source}, as the function has it.`,
    )
  }
  const id = deriveId(namespace, key)
  if (typeof id !== 'string') throw new KeyMissingError(id.missing)
  return id
}
