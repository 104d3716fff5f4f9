// Runs in a thread of a worker process: one of several copies of the handler's module, as Managed Instances have them.
import { parentPort } from 'node:worker_threads'
import type { ToSandbox } from './sandbox-protocol.ts'
import { serve } from './sandbox-serve.ts'

const receive = serve((message) => parentPort?.postMessage(message))
parentPort?.on('message', (message: ToSandbox) => receive(message))
