import { sqsHandler } from '../../../src/index.ts'
import type { CreateSubject } from '../subject.ts'

/** oncekit as its quick start has it: every option at its default, so the message id is the key. */
export const create: CreateSubject = ({ table, client, work }) =>
  sqsHandler({ table, ...(client === undefined ? {} : { client }) }, async (message) => {
    await work(message.messageId)
  })
