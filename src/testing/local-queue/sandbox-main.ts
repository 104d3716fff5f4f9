// Runs in a worker process: hands what comes to the handler, in this thread or, on Managed Instances, in several others.
import { Worker } from 'node:worker_threads'
import type { FromSandbox, ToSandbox } from './sandbox-protocol.ts'
import { serve } from './sandbox-serve.ts'

const EXTENSION = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
const THREAD = new URL(`./sandbox-thread.${EXTENSION}`, import.meta.url)

let receive = serve(reply)

function reply(message: FromSandbox): void {
  process.send?.(message)
}

/** Ready when all threads are; each invocation goes to the next of them. */
function threads(count: number): (message: ToSandbox) => void {
  let ready = 0
  let next = 0
  const workers = Array.from({ length: count }, () => {
    const worker = new Worker(THREAD)
    worker.on('message', (message: FromSandbox) => {
      if (message.type !== 'oncekit:ready' || ++ready === count) reply(message)
    })
    // A thread that ends takes the process with it: half of one answers half of the invocations.
    worker.on('error', () => process.exit(1))
    worker.on('exit', (code) => process.exit(code))
    return worker
  })
  return (message) => {
    if (message.type === 'oncekit:init') for (const worker of workers) worker.postMessage(message)
    else workers[next++ % count]?.postMessage(message)
  }
}

process.on('message', (message: ToSandbox) => {
  if (message.type === 'oncekit:init' && message.threads !== undefined) receive = threads(message.threads)
  receive(message)
})
process.on('disconnect', () => process.exit(0))
// Ctrl-C reaches the whole process group; the pool decides when its workers end.
process.on('SIGINT', () => {})
