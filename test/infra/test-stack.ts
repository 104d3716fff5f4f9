import { join } from 'node:path'
import { App, Stack } from 'aws-cdk-lib'
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions'
import { IdempotencyTable } from '../../infra/constructs/idempotency-table.ts'
import { IdempotentQueue } from '../../infra/constructs/idempotent-queue.ts'
import type { IdempotentQueueProps } from '../../infra/constructs/idempotent-queue-props.ts'

/** A handler's file, for constructs that want one. */
export const ENTRY: string = join(import.meta.dirname, 'fixture-handler.ts')

/** Without bundling: esbuild's output is not what the template tests are about. */
export function testApp(): App {
  return new App({ context: { 'aws:cdk:bundling-stacks': [] } })
}

export interface QueueFixture {
  readonly app: App
  readonly stack: Stack
  readonly table: IdempotencyTable
  readonly queue: IdempotentQueue
}

/** A stack `Shop` with the queue `Orders` on the table `Records`. */
export function queueStack(props: Partial<IdempotentQueueProps> = {}): QueueFixture {
  const app = testApp()
  const stack = new Stack(app, 'Shop')
  const table = new IdempotencyTable(stack, 'Records')
  const source = props.function ? {} : { entry: ENTRY }
  const queue = new IdempotentQueue(stack, 'Orders', { table, namespace: 'orders', ...source, ...props })
  return { app, stack, table, queue }
}

/** Properties of every resource of a type, in the template's order. */
export function resources(stack: Stack, type: string): Record<string, unknown>[] {
  const found = Template.fromStack(stack).findResources(type)
  return Object.values(found).map((resource) => ({ ...resource['Properties'] }))
}

/** The one resource of its type. */
export function onlyResource(stack: Stack, type: string): Record<string, unknown> {
  const [first, ...others] = resources(stack, type)
  if (!first || others.length > 0) throw new Error(`Not one ${type}, but ${others.length + (first ? 1 : 0)}.`)
  return first
}

/** Texts of the warnings at a path or below it. */
export function warnings(stack: Stack, path: string): string[] {
  return Annotations.fromStack(stack)
    .findWarning('*', Match.anyValue())
    .filter(({ id }) => id === path || id.startsWith(`${path}/`))
    .map(({ entry }) => String(entry.data))
}

/** Texts of the errors of a stack. */
export function errors(stack: Stack): string[] {
  return Annotations.fromStack(stack)
    .findError('*', Match.anyValue())
    .map(({ entry }) => String(entry.data))
}

/** What is thrown. */
export function thrown(action: () => unknown): Error {
  try {
    action()
  } catch (error) {
    if (error instanceof Error) return error
    throw new Error(`Thrown, but not an Error: ${String(error)}`)
  }
  throw new Error('Nothing was thrown.')
}
