import errorLogger from '@middy/error-logger'
import inputOutputLogger from '@middy/input-output-logger'
import warmup from '@middy/warmup'
import { describe, expect, it, vi } from 'vitest'
import { eachMessage } from '../../src/lambda/each-message.ts'
import { idempotentBatch } from '../../src/lambda/idempotent-batch.ts'
import { sqsHandler } from '../../src/lambda/sqs-handler.ts'
import { rig, standard } from '../engine/rig.ts'
import { DUPLICATE } from '../engine/scripted-store.ts'
import { type AnyMiddleware, MIDDYS } from '../lambda/middlewares.ts'
import { inMemory, outcomes, type Row } from './outcomes.ts'
import { everywhere } from './under-middy.ts'

// Their own types know only their Middy's request.
const errors = (logger = () => {}) => errorLogger({ logger }) as AnyMiddleware
const events = (logger: (message: unknown) => void = () => {}) =>
  inputOutputLogger({ logger }) as AnyMiddleware
const warm = () => warmup() as AnyMiddleware

const rows: Row[] = [
  {
    neighbour: '`@middy/error-logger`',
    where: 'anywhere',
    subjects: everywhere(() => [errors()]),
    todo: 'it hears of what ends the invocation, not of one message that fails: that is in oncekit’s log',
  },
  {
    neighbour: '`@middy/input-output-logger`',
    where: 'anywhere',
    subjects: everywhere(() => [events()]),
    todo: 'before, it shows all records and the answer; after, the claimed records and what the handler returned',
  },
  {
    neighbour: '`@middy/warmup`',
    where: 'anywhere',
    subjects: everywhere(() => [warm()]),
    todo: 'use it before: after, a warm-up call is refused, and the error says so',
  },
]

outcomes('loggers', rows, inMemory)

describe.each(MIDDYS)('%s: what each of them sees', (_name, compose) => {
  it('error-logger: nothing of a message that failed, all of what ends the invocation', async () => {
    for (const where of ['before', 'after']) {
      const { base, context } = rig()
      const logger = vi.fn()
      const theirs = errors(logger)
      const ours = idempotentBatch(base)
      const chain = where === 'before' ? [theirs, ours] : [ours, theirs]
      const decline = () => {
        throw new Error('declined')
      }
      await compose(chain, eachMessage(decline))(standard('A'), context())
      expect(logger).not.toHaveBeenCalled()
      await expect(compose(chain, decline)(standard('B'), context())).rejects.toThrow('declined')
      expect(logger).toHaveBeenCalledWith(
        expect.objectContaining({ error: expect.objectContaining({ message: 'declined' }) }),
      )
    }
  })

  it('input-output-logger: before ours the whole event, after ours what is claimed', async () => {
    const seen: Record<string, number[]> = { before: [], after: [] }
    for (const where of ['before', 'after'] as const) {
      const { base, context, store } = rig()
      store.claimScript = (_request, messageId) => (messageId === 'B' ? DUPLICATE : undefined)
      const logger = (message: unknown) => {
        const { event }: { event?: { Records: unknown[] } } = Object(message)
        if (event) seen[where]?.push(event.Records.length)
      }
      const theirs = events(logger)
      const ours = idempotentBatch(base)
      const each = eachMessage(() => {})
      await compose(where === 'before' ? [theirs, ours] : [ours, theirs], each)(standard('A', 'B'), context())
    }
    expect(seen).toEqual({ before: [2], after: [1] })
  })

  it('warm-up: before ours no record is looked for, after ours the error says where to put it', async () => {
    const { base, context, store } = rig()
    const each = eachMessage(() => {})
    const call = { source: 'serverless-plugin-warmup' }
    const right = compose([warm(), idempotentBatch(base)], each)
    expect(await right(call, context())).toBe('warmup')
    const around = compose(
      [warm()],
      sqsHandler(base, () => {}),
    )
    expect(await around(call, context())).toBe('warmup')
    const wrong = compose([idempotentBatch(base), warm()], each)
    await expect(wrong(call, context())).rejects.toMatchObject({
      code: 'CONFIG',
      message: expect.stringContaining('put @middy/warmup before idempotentBatch'),
    })
    expect(store.claims).toEqual([])
  })
})
