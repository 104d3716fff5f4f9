// The SQS server in a process of its own, so that it does not share a thread with the pollers and the proxy.
import { startSqs } from '../servers/sqs.ts'

const { endpoint } = await startSqs({ endpoint: '' })
process.send?.(endpoint)
process.on('disconnect', () => process.exit(0))
// Ctrl-C reaches the whole process group; the soak decides when its servers end.
process.on('SIGINT', () => {})
