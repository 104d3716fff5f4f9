import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import { accessesOf } from './accesses.ts'
import { isAllowed, type Statement } from './policy.ts'

export interface IamProxyOptions {
  /** The DynamoDB endpoint behind it. */
  readonly target: string
  /** Statements of the role, their resources as the server knows them. */
  readonly statements: readonly Statement[]
  /** ARN of a table by its name. */
  readonly tableArn: (name: string) => string
  /** Whether PartiQL statements carry their keys into the evaluation. Documented for AWS, not verified. */
  readonly partiqlKeys: boolean
}

/** Stands between one function and DynamoDB, and lets through only what the function's role allows. */
export interface IamProxy {
  readonly endpoint: string
  /** Requests let through. */
  allowed(): number
  /** Action → how often it was let through, counting the statements of a batch. */
  actions(): ReadonlyMap<string, number>
  /** Action → how often it was refused. */
  denied(): ReadonlyMap<string, number>
  stop(): Promise<void>
}

/**
 * Starts a proxy on a free loopback port. A request is refused as a whole when one of its accesses is; whether AWS
 * answers a batch of statements so, or statement by statement, is not documented. The store survives both.
 */
export async function startIamProxy(options: IamProxyOptions): Promise<IamProxy> {
  const allowed = new Map<string, number>()
  const denied = new Map<string, number>()
  let requests = 0
  const server = createServer((incoming, outgoing) => {
    handle(incoming, outgoing).catch(() => outgoing.destroy())
  })

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk)
    const body = Buffer.concat(chunks)
    const target = String(incoming.headers['x-amz-target'])
    const parsed: unknown = JSON.parse(body.toString())
    const content = typeof parsed === 'object' && parsed !== null ? { ...parsed } : {}
    const accesses = accessesOf(target, content)
    const refused = accesses.find((access) => !permits(options, access, body.toString()))
    for (const { action } of refused ? [refused] : accesses) count(refused ? denied : allowed, action)
    if (refused) return refuse(outgoing, refused.action)
    requests += 1
    forward(options.target, incoming, body, outgoing)
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    endpoint: `http://127.0.0.1:${portOf(server)}`,
    allowed: () => requests,
    actions: () => allowed,
    denied: () => denied,
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function permits(
  { statements, tableArn, partiqlKeys }: IamProxyOptions,
  { action, keys }: ReturnType<typeof accessesOf>[number],
  body: string,
): boolean {
  const visible = partiqlKeys || !action.startsWith('dynamodb:PartiQL') ? keys : undefined
  // The one table of the request: by name in its own field, in the request items, or quoted in a statement.
  const table =
    /"TableName":"([^"]+)"/.exec(body)?.[1] ??
    /"RequestItems":\{"([^"]+)"/.exec(body)?.[1] ??
    /(?:INTO|UPDATE) \\"([^"\\]+)\\"/.exec(body)?.[1]
  return isAllowed(statements, {
    action,
    resource: JSON.stringify(tableArn(table ?? '')),
    ...(visible ? { context: { 'dynamodb:LeadingKeys': visible } } : {}),
  })
}

function refuse(outgoing: ServerResponse, action: string): void {
  const type = 'com.amazon.coral.service#AccessDeniedException'
  const message = `User is not authorized to perform: ${action} because no identity-based policy allows the ${action} action`
  outgoing.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' })
  outgoing.end(JSON.stringify({ __type: type, Message: message }))
}

function forward(target: string, incoming: IncomingMessage, body: Buffer, outgoing: ServerResponse): void {
  const { method = 'POST', url = '/', headers } = incoming
  const onward = request(new URL(url, target), {
    method,
    headers: { ...headers, host: new URL(target).host },
  })
  onward.on('response', (answer) => {
    outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
    answer.pipe(outgoing)
  })
  onward.on('error', () => outgoing.destroy())
  onward.end(body)
}

function count(counts: Map<string, number>, action: string): void {
  counts.set(action, (counts.get(action) ?? 0) + 1)
}

function portOf(server: Server): number {
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('The proxy has no port.')
  return address.port
}
