import type { AttributeValue, PutItemCommandInput, UpdateItemCommandInput } from '@aws-sdk/client-dynamodb'
import type { Host } from '../host.ts'
import { conditionOf, updateOf } from './expressions.ts'
import type { Item, Values } from './item.ts'
import { execute, type Statement } from './partiql.ts'

/** Who sees every write and every refusal, at the moment it happens. */
export interface TableWatcher {
  written(id: string, old: Item | undefined, item: Item, writer: Host): void
  /** A condition failed. `offered` is what would have been written over what was found. */
  refused(id: string, offered: Item, owner: string | undefined, found: Item | undefined, writer: Host): void
  read(id: string, item: Item | undefined, reader: Host): void
}

export type WriteResult =
  | { readonly old: Item | undefined }
  | { readonly code: 'DuplicateItem' | 'ConditionalCheckFailed'; readonly found: Item | undefined }

const EMPTY = {}

/** The table itself: one item at a time, each write atomic with its condition. */
export class Table {
  readonly name = 'records'
  readonly items = new Map<string, Item>()
  #before = new Map<string, Item | undefined>()
  #watcher: TableWatcher

  constructor(watcher: TableWatcher) {
    this.#watcher = watcher
  }

  put(input: PutItemCommandInput, writer: Host): WriteResult {
    const item = input.Item ?? EMPTY
    const id = idOf(item)
    const old = this.items.get(id)
    if (!this.#holds(input, old)) {
      this.#watcher.refused(id, item, ownerOf(item), old, writer)
      return { code: 'ConditionalCheckFailed', found: old }
    }
    this.#store(id, old, item, writer)
    return { old }
  }

  update(input: UpdateItemCommandInput, writer: Host): WriteResult {
    const id = idOf(input.Key ?? EMPTY)
    const old = this.items.get(id)
    const item: Record<string, AttributeValue> = { ...(old ?? input.Key) }
    const values: Values = input.ExpressionAttributeValues ?? EMPTY
    updateOf(input.UpdateExpression ?? '')(item, old, input.ExpressionAttributeNames ?? EMPTY, values)
    if (!this.#holds(input, old)) {
      this.#watcher.refused(id, item, ownerIn(values), old, writer)
      return { code: 'ConditionalCheckFailed', found: old }
    }
    this.#store(id, old, item, writer)
    return { old }
  }

  /** One statement of a batch. */
  execute(statement: Statement, writer: Host): WriteResult {
    if (statement.table !== this.name) throw new Error(`no table ${statement.table}`)
    const { id } = statement
    const old = this.items.get(id)
    const result = execute(statement, old)
    if ('item' in result) {
      this.#store(id, old, result.item, writer)
      return { old }
    }
    const offered: Record<string, AttributeValue> = { ...old }
    let owner: string | undefined
    for (const [name, value] of statement.conditions) if (name === 'owner') owner = value.S
    for (const [name, value] of statement.assignments) {
      offered[name] = value
      if (name === 'owner') owner = value.S
    }
    this.#watcher.refused(id, offered, owner, old, writer)
    return result
  }

  /** An eventually consistent read may see the item as it was before its last write. */
  read(key: Item, consistent: boolean, reader: Host): Item | undefined {
    const id = idOf(key)
    const item = consistent || !this.#before.has(id) ? this.items.get(id) : this.#before.get(id)
    this.#watcher.read(id, item, reader)
    return item
  }

  /** Something beside the code under test writes or deletes. */
  replace(id: string, item: Item | undefined): void {
    this.#before.set(id, this.items.get(id))
    if (item === undefined) this.items.delete(id)
    else this.items.set(id, item)
  }

  #holds(input: PutItemCommandInput | UpdateItemCommandInput, old: Item | undefined): boolean {
    if (input.TableName !== this.name) throw new Error(`no table ${input.TableName}`)
    const text = input.ConditionExpression
    if (text === undefined) return true
    const names = input.ExpressionAttributeNames ?? EMPTY
    return conditionOf(text)(old, names, input.ExpressionAttributeValues ?? EMPTY)
  }

  #store(id: string, old: Item | undefined, item: Item, writer: Host): void {
    this.#before.set(id, old)
    this.items.set(id, item)
    this.#watcher.written(id, old, item, writer)
  }
}

export function idOf(item: Item): string {
  return item['id']?.S ?? ''
}

function ownerOf(item: Item): string | undefined {
  return item['owner']?.S
}

/** The token that an update names: a claim writes it, a settlement asks for it. */
function ownerIn(values: Values): string | undefined {
  for (const name in values) {
    const text = values[name]?.S
    if (text?.startsWith('token-')) return text
  }
  return undefined
}
