import type { Item } from './item.ts'

/** An error as the SDK throws it: recognised by its name. */
export class ServiceError extends Error {
  readonly $metadata: { readonly httpStatusCode: number; serverDate?: number }
  readonly $fault: 'client' | 'server'
  /** With `ConditionalCheckFailedException` and ALL_OLD. */
  readonly Item: Item | undefined

  constructor(name: string, status: number, message: string, item?: Item) {
    super(message)
    this.name = name
    this.$metadata = { httpStatusCode: status }
    this.$fault = status >= 500 ? 'server' : 'client'
    this.Item = item
  }
}
