import { afterAll, beforeAll, expect, it } from 'vitest'
import { dynamoStore, sqsHandler } from '../../src/index.ts'
import { systemRuntime } from '../../src/runtime/system.ts'
import { type LocalTable, startLocalTable } from '../store/local-table.ts'
import { tappedClient } from '../store/tapped-client.ts'
import { reported, standard } from './rig.ts'

const BEHIND_MS = 5_000
const TIMEOUT_MS = 10_000
/** More than half of the time in which a handler may start. */
const STOOD_STILL_MS = 5_000

let local: LocalTable
beforeAll(async () => {
  local = await startLocalTable()
})
afterAll(() => local.stop())

/** A host whose clock is behind, and that stands still while its first request is answered. */
function host(standsStillMs = STOOD_STILL_MS) {
  let stood = 0
  const server = () => Date.now() + stood
  const runtime = {
    ...systemRuntime,
    now: () => server() - BEHIND_MS,
    monotonic: () => systemRuntime.monotonic() + stood,
  }
  const client = tappedClient(local.client)
  client.tap(async (_call, forward) => {
    const answer = (await forward()) as { readonly $metadata: { serverDate?: number } }
    // As the header says it: cut to the second.
    answer.$metadata.serverDate = Math.floor(server() / 1_000) * 1_000
    if (client.calls.length === 1) stood = standsStillMs
    return answer
  })
  const end = server() + TIMEOUT_MS
  const context = { getRemainingTimeInMillis: () => end - server() }
  const store = dynamoStore({ table: local.table, client, runtime })
  return { base: { store, runtime, observer: false, logger: false } as const, client, context, end }
}

it.each([
  ['fail', 'charge'],
  ['run', 'charge-or-run'],
] as const)(
  'a host 5 s behind, out of time for claims after its first answer, looks at the clock before it starts anything (%s)',
  async (onStoreUnavailable, namespace) => {
    const { base, client, context, end } = host()
    let before: string[] = []
    let lease: number | undefined
    const handler = sqsHandler({ ...base, namespace, onStoreUnavailable }, async () => {
      before = client.operations()
      const id = client.calls[0]?.input.Item?.['id']?.S ?? ''
      lease = (await local.get(id))?.leaseUntil
    })
    expect(reported(await handler(standard('A'), context))).toEqual([])
    expect(before).toEqual(['PutItem', 'GetItem', 'UpdateItem'])
    // In the server's time: another host goes by it.
    expect(lease).toBeGreaterThan(end)
  },
)

it('so does one without a Lambda context, however long it stood still', async () => {
  const { base, client } = host(60_000)
  let before: string[] = []
  const handler = sqsHandler({ ...base, namespace: 'charge-anywhere' }, () => {
    before = client.operations()
  })
  expect(reported(await handler(standard('A'), {}))).toEqual([])
  expect(before.slice(0, 2)).toEqual(['PutItem', 'GetItem'])
})
