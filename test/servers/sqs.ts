import { buildApp } from 'fauxqs'

export interface SqsOptions {
  /** Endpoint of a server that runs already; an empty string asks for the embedded one. @default the environment's `SQS_ENDPOINT` */
  readonly endpoint?: string | undefined
}

/** An SQS-compatible server for tests and the demo. */
export interface SqsServer {
  /** For example `http://127.0.0.1:40124`. */
  readonly endpoint: string
  /** Not ours: `stop` leaves it alone. */
  readonly external: boolean
  stop(): Promise<void>
}

/** Starts the embedded SQS server in this process, on a free loopback port; or stands for the one at `SQS_ENDPOINT`. */
export async function startSqs(options: SqsOptions = {}): Promise<SqsServer> {
  const { SQS_ENDPOINT } = process.env
  const external = options.endpoint ?? SQS_ENDPOINT
  if (external) {
    if (!URL.canParse(external)) {
      throw new Error(
        `SQS_ENDPOINT is ${JSON.stringify(external)}; it must be a URL such as http://127.0.0.1:4566.`,
      )
    }
    return { endpoint: external.replace(/\/$/, ''), external: true, stop: async () => {} }
  }
  // Not `startFauxqs`: it listens on every interface.
  const app = buildApp({ logger: false })
  const endpoint = await app.listen({ host: '127.0.0.1', port: 0 })
  return {
    endpoint,
    external: false,
    async stop() {
      await app.close()
    },
  }
}
