import { once } from 'node:events'
import type { Server } from 'node:http'
import dynalite from 'dynalite'

/** A DynamoDB-compatible server of other authors: no PartiQL, no item with a failed condition, no transactions. */
export interface DynaliteServer {
  /** For example `http://127.0.0.1:40125`. */
  readonly endpoint: string
  stop(): Promise<void>
}

/** Starts dynalite in this process, in memory, on a free loopback port. */
export async function startDynalite(): Promise<DynaliteServer> {
  const server: Server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('dynalite got no loopback port.')
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    async stop() {
      const closed = Promise.withResolvers<void>()
      // Its own close calls back when the server and then its database are closed.
      server.close((error) => (error ? closed.reject(error) : closed.resolve()))
      server.closeAllConnections()
      await closed.promise
    },
  }
}
