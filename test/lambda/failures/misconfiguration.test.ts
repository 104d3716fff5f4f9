import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sqsHandler } from '../../../src/lambda/sqs-handler.ts'
import type { DynamoClient } from '../../../src/store/dynamodb/client.ts'
import { dynamoStore } from '../../../src/store/dynamodb/dynamo-store.ts'
import { reported, rigWith, standard } from '../../engine/rig.ts'
import { dynamoClient } from '../../servers/clients.ts'
import { type LocalTable, startLocalTable } from '../../store/local-table.ts'

let local: LocalTable

beforeAll(async () => {
  local = await startLocalTable()
})
afterAll(() => local.stop())

/** A client of the real server that is refused some commands, as IAM or KMS would; the local server has neither. */
function refused(
  name: string,
  refuses: (command: string) => boolean,
): { client: DynamoClient; sent: string[] } {
  const client = dynamoClient(local.endpoint)
  const sent: string[] = []
  return {
    sent,
    client: {
      send(command: object, options?: object) {
        sent.push(command.constructor.name)
        if (!refuses(command.constructor.name)) return client.send(command as never, options)
        return Promise.reject(Object.assign(new Error('User is not authorized to perform it.'), { name }))
      },
    } as DynamoClient,
  }
}

let namespaces = 0
function functionOn(store: ReturnType<typeof dynamoStore>) {
  const made = rigWith(store)
  const { clock: _, ...rest } = made
  const { runtime: __, ...base } = made.base
  const context = { getRemainingTimeInMillis: () => 30_000 }
  return { ...rest, base: { ...base, namespace: `misconfigured-${++namespaces}` }, context }
}

describe.each(['fail', 'run'] as const)(
  'misconfiguration with onStoreUnavailable: %s',
  (onStoreUnavailable) => {
    it.each([['A'], ['A', 'B']])(
      'table missing: throws, names the table and what to do; nothing runs (%s %s)',
      async (...ids) => {
        const client = dynamoClient(local.endpoint)
        const { base, context } = functionOn(dynamoStore({ table: 'not-there', client }))
        let runs = 0
        const handler = sqsHandler({ ...base, onStoreUnavailable }, () => {
          runs++
        })
        await expect(handler(standard(...ids), context)).rejects.toMatchObject({
          code: 'STORE_MISCONFIGURED',
          message: expect.stringMatching(
            /"not-there" cannot be used: ResourceNotFound.* the name, the Region and the account/,
          ),
        })
        expect(runs).toBe(0)
        client.destroy()
      },
    )

    it.each(['AccessDeniedException', 'KMSAccessDeniedException', 'KMSDisabledException'])(
      '%s: throws with what to do; nothing runs',
      async (name) => {
        const { client } = refused(name, () => true)
        const { base, context } = functionOn(dynamoStore({ table: local.table, client }))
        let runs = 0
        const handler = sqsHandler({ ...base, onStoreUnavailable }, () => {
          runs++
        })
        for (const ids of [['A'], ['A', 'B']]) {
          await expect(handler(standard(...ids), context)).rejects.toMatchObject({
            code: 'STORE_MISCONFIGURED',
            message: expect.stringMatching(
              `${name}: User is not.* ${name.startsWith('KMS') ? 'KMS key' : 'role dynamodb:PutItem'}`,
            ),
          })
        }
        expect(runs).toBe(0)
      },
    )
  },
)

describe('access denied', () => {
  it('of the completion only: unknown completion, reported, never a success', async () => {
    const { client } = refused('AccessDeniedException', (command) => command === 'UpdateItemCommand')
    const { base, context, outcomes } = functionOn(dynamoStore({ table: local.table, client }))
    expect(reported(await sqsHandler(base, () => {})(standard('A'), context))).toEqual(['A'])
    expect(outcomes()).toEqual({ A: 'unknown-completion' })
  })

  it('of the batch form only: falls back to single items, works, and says so once', async () => {
    const { client, sent } = refused('AccessDeniedException', (command) => command.startsWith('Batch'))
    const { base, context, notices } = functionOn(dynamoStore({ table: local.table, client }))
    const handler = sqsHandler(base, () => {})
    expect(reported(await handler(standard('A', 'B', 'C'), context))).toEqual([])
    expect(reported(await handler(standard('A', 'B', 'C', 'D'), context))).toEqual([])
    expect(notices()).toEqual(['batch-denied'])
    // Once for inserts, once for updates.
    expect(sent.filter((command) => command.startsWith('Batch'))).toHaveLength(2)
  })
})
