import { describe, expect, it } from 'vitest'
import { idempotentBatch } from '../../src/lambda/idempotent-batch.ts'
import { sqsHandler } from '../../src/lambda/sqs-handler.ts'
import type { OnceEvent } from '../../src/observe/events.ts'
import { memoryStore } from '../../src/store/memory/memory-store.ts'

/** Options of a function of its own table, unless given; and what is said at start. */
function scene() {
  const said: string[] = []
  const events: OnceEvent[] = []
  const logger = { info() {}, warn: (message: string) => void said.push(message), error() {} }
  const observer = (event: OnceEvent) => void events.push(event)
  const table = `orders-${Math.random().toString(36).slice(2)}`
  return { said, events, options: { table, namespace: 'shop', logger, observer } }
}

async function charge() {}
async function mail() {}

describe('two handlers of one process with one namespace and one table', () => {
  it('are named at start, with where they were made, to the log and to the observer', () => {
    const { said, events, options } = scene()
    sqsHandler({ ...options }, charge)
    expect(said).toEqual([])
    sqsHandler({ ...options }, mail)
    expect(said).toHaveLength(1)
    expect(said[0]).toMatch(
      /^sqsHandler\(charge\) at .*shared-namespace\.test\.ts:\d+:\d+ and sqsHandler\(mail\) at .*shared-namespace\.test\.ts:\d+:\d+ have the namespace "shop" in one table: .* Give each its own `namespace`\.$/,
    )
    expect(events).toEqual([{ kind: 'notice', notice: 'options', namespace: 'shop', detail: said[0] }])
  })

  it('are named without names of functions too, the middleware among them', () => {
    const { said, options } = scene()
    idempotentBatch({ ...options })
    sqsHandler({ ...options }, () => {})
    expect(said).toEqual([
      expect.stringMatching(/^idempotentBatch\(\) at \S+:\d+:\d+ and sqsHandler\(\) at \S+:\d+:\d+ have/),
    ])
  })

  it('are named once a pair, however often they are made', () => {
    const { said, options } = scene()
    for (let reload = 0; reload < 5; reload++) {
      sqsHandler({ ...options }, charge)
      sqsHandler({ ...options }, mail)
      idempotentBatch({ ...options })
    }
    expect(said).toHaveLength(2)
  })

  it('are named when one line makes them for functions of different names', () => {
    const { said, options } = scene()
    for (const fn of [charge, mail]) sqsHandler({ ...options }, fn)
    expect(said).toHaveLength(1)
  })

  it('are those of one store too', () => {
    const { said, options } = scene()
    const { table: _, ...rest } = options
    const store = memoryStore()
    sqsHandler({ ...rest, store }, charge)
    sqsHandler({ ...rest, store }, mail)
    expect(said).toHaveLength(1)
  })
})

describe('nothing is said of', () => {
  it('one handler, made again and again by tests or by hot reload', () => {
    const { said, options } = scene()
    for (let time = 0; time < 100; time++) sqsHandler({ ...options }, () => {})
    for (let time = 0; time < 3; time++) idempotentBatch({ ...options, namespace: 'alone' })
    expect(said).toEqual([])
  })

  it('handlers that share their options: they are meant to share the rest too', () => {
    const { said, options } = scene()
    sqsHandler(options, charge)
    sqsHandler(options, mail)
    expect(said).toEqual([])
  })

  it('handlers of other namespaces, tables or stores', () => {
    const { said, options } = scene()
    const { table: _, ...rest } = options
    sqsHandler({ ...options }, charge)
    sqsHandler({ ...options, namespace: 'mails' }, mail)
    sqsHandler({ ...options, table: `${options.table}-2` }, mail)
    sqsHandler({ ...rest, store: memoryStore() }, charge)
    sqsHandler({ ...rest, store: memoryStore() }, mail)
    expect(said).toEqual([])
  })
})
