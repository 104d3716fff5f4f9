import { describe, expect, it } from 'vitest'
import { idempotentBatch } from '../../src/lambda/idempotent-batch.ts'
import { type SqsBatchHandler, sqsHandler } from '../../src/lambda/sqs-handler.ts'
import type { OnceEvent } from '../../src/observe/events.ts'
import { memoryStore } from '../../src/store/memory/memory-store.ts'

/** Options of a function of its own store, unless given; and what is said. */
function scene() {
  const said: string[] = []
  const events: OnceEvent[] = []
  const logger = { info() {}, warn: (message: string) => void said.push(message), error() {} }
  const observer = (event: OnceEvent) => void events.push(event)
  return { said, events, options: { store: memoryStore(), namespace: 'shop', logger, observer } }
}

async function charge() {}
async function mail() {}

/** An invocation without a message is one. */
const EMPTY = { Records: [] }

async function use(handler: SqsBatchHandler | ReturnType<typeof idempotentBatch>): Promise<void> {
  if (typeof handler === 'function') await handler(EMPTY, {})
  else await handler.before({ event: EMPTY, context: {} })
}

describe('two handlers that one process uses, of one namespace and one store', () => {
  it('are named when the second is first used, with where they were made, to the log and to the observer', async () => {
    const { said, events, options } = scene()
    const both = [sqsHandler({ ...options }, charge), sqsHandler({ ...options }, mail)] as const
    await use(both[0])
    await use(both[0])
    expect(said).toEqual([])
    await use(both[1])
    await use(both[1])
    expect(said).toHaveLength(1)
    expect(said[0]).toMatch(
      /^sqsHandler\(charge\) at .*shared-namespace\.test\.ts:\d+:\d+ and sqsHandler\(mail\) at .*shared-namespace\.test\.ts:\d+:\d+ both run in this function and have the namespace "shop" in one table: .* Give each its own `namespace`\.$/,
    )
    expect(events.filter(({ kind }) => kind === 'notice')).toEqual([
      { kind: 'notice', notice: 'options', namespace: 'shop', detail: said[0] },
    ])
  })

  it('are named without names of functions too, the middleware among them', async () => {
    const { said, options } = scene()
    await use(idempotentBatch({ ...options }))
    await use(sqsHandler({ ...options }, () => {}))
    expect(said).toEqual([
      expect.stringMatching(/^idempotentBatch\(\) at \S+:\d+:\d+ and sqsHandler\(\) at \S+:\d+:\d+ both/),
    ])
  })

  it('are named once a pair, however often they are made', async () => {
    const { said, options } = scene()
    for (let reload = 0; reload < 5; reload++) {
      await use(sqsHandler({ ...options }, charge))
      await use(sqsHandler({ ...options }, mail))
      await use(idempotentBatch({ ...options }))
    }
    expect(said).toHaveLength(2)
  })

  it('are named when one line makes them for functions of different names', async () => {
    const { said, options } = scene()
    for (const fn of [charge, mail]) await use(sqsHandler({ ...options }, fn))
    expect(said).toHaveLength(1)
  })

  it('are those of one table too', async () => {
    const { said, options } = scene()
    const { store: _, ...rest } = options
    const table = `orders-${Math.random().toString(36).slice(2)}`
    await use(sqsHandler({ ...rest, table }, charge))
    await use(sqsHandler({ ...rest, table }, mail))
    expect(said).toHaveLength(1)
  })
})

describe('nothing is said of', () => {
  it('handlers that one module makes for several functions, each of which uses one', async () => {
    const { said, options } = scene()
    const [one] = [
      sqsHandler({ ...options }, charge),
      sqsHandler({ ...options }, mail),
      idempotentBatch({ ...options }),
    ]
    await use(one)
    expect(said).toEqual([])
  })

  it('one handler, made again and again by tests or by hot reload', async () => {
    const { said, options } = scene()
    for (let time = 0; time < 100; time++) await use(sqsHandler({ ...options }, () => {}))
    for (let time = 0; time < 3; time++) await use(idempotentBatch({ ...options, namespace: 'alone' }))
    expect(said).toEqual([])
  })

  it('handlers that share their options: they are meant to share the rest too', async () => {
    const { said, options } = scene()
    await use(sqsHandler(options, charge))
    await use(sqsHandler(options, mail))
    expect(said).toEqual([])
  })

  it('handlers of other namespaces, tables or stores', async () => {
    const { said, options } = scene()
    const { store: _, ...rest } = options
    const table = `orders-${Math.random().toString(36).slice(2)}`
    await use(sqsHandler({ ...options }, charge))
    await use(sqsHandler({ ...options, namespace: 'mails' }, mail))
    await use(sqsHandler({ ...options, store: memoryStore() }, mail))
    await use(sqsHandler({ ...rest, table }, charge))
    await use(sqsHandler({ ...rest, table: `${table}-2` }, mail))
    expect(said).toEqual([])
  })
})
