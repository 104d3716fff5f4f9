import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { SqsServer } from '../servers/sqs.ts'

/** Starts the embedded SQS server in a process of its own, which ends with this one. */
export async function startQueueProcess(): Promise<SqsServer> {
  const child = fork(new URL('./queue-server.ts', import.meta.url), [], { execArgv: [] })
  const gone = once(child, 'exit')
  const [endpoint] = await Promise.race([
    once(child, 'message'),
    gone.then(([code]) => {
      throw new Error(`The SQS server ended with code ${code} before it was ready.`)
    }),
  ])
  return {
    // The only message it sends.
    endpoint: endpoint as string,
    external: false,
    async stop() {
      child.kill('SIGKILL')
      await gone
    },
  }
}
