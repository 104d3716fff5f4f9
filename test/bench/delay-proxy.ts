import { once } from 'node:events'
import { connect, createServer } from 'node:net'

/**
 * A loopback proxy in a process of its own that holds every answer back by a fixed time, so that one round trip
 * takes that much longer. Usage: delay-proxy.ts PORT DELAY_MS; tells its own port to its parent.
 */
const [port, delay] = process.argv.slice(2).map(Number)
if (port === undefined || delay === undefined) throw new Error('Usage: delay-proxy.ts PORT DELAY_MS')

const server = createServer({ noDelay: true }, (client) => {
  const upstream = connect({ port, host: '127.0.0.1', noDelay: true })
  const end = () => {
    client.destroy()
    upstream.destroy()
  }
  client.on('error', end).on('close', end)
  upstream.on('error', end).on('close', end)
  client.on('data', (data) => upstream.write(data))
  upstream.on('data', (data) => {
    if (delay === 0) client.write(data)
    else setTimeout(() => client.writable && client.write(data), delay)
  })
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const address = server.address()
process.send?.(typeof address === 'object' && address !== null ? address.port : 0)
process.on('disconnect', () => process.exit())
