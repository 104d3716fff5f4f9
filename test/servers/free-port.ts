import { once } from 'node:events'
import { createServer } from 'node:net'

/** A loopback port that was free a moment ago. Whoever binds it must be ready to ask again. */
export async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('No loopback port could be bound.')
  return address.port
}
