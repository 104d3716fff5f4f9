import { StoreMisconfiguredError } from '../../errors/store-misconfigured-error.ts'
import { StoreUnavailableError } from '../../errors/store-unavailable-error.ts'
import { isAccessDenied, isRegionMissing, messageOf, nameOf, networkCode } from './failures.ts'

const NEEDS =
  'It needs the partition key `id` (S) and no sort key, in the Region of the client; the role needs PutItem, UpdateItem, GetItem, BatchGetItem, PartiQLInsert and PartiQLUpdate on it, and the use of its KMS key.'

/** The error for the user where waiting does not help: which table, what was said, what to do. */
export function misconfigured(table: string, failure: unknown): StoreMisconfiguredError {
  const said = messageOf(failure)?.replace(/\.$/, '')
  return new StoreMisconfiguredError(
    `The idempotency table "${table}" cannot be used: ${nameOf(failure)}: ${said}. ${remedy(failure)}`.trimEnd(),
    { cause: failure },
  )
}

function remedy(failure: unknown): string {
  const name = nameOf(failure)
  // It says itself what to do.
  if (name === 'ConfigError') return ''
  if (isRegionMissing(failure)) return 'Set AWS_REGION, or give a client: new DynamoDBClient({ region }).'
  if (name.startsWith('CredentialsProvider')) {
    return 'Give the function an execution role; elsewhere set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.'
  }
  if (name.startsWith('ClientAnswer')) {
    return 'The option "client" must be a DynamoDBClient of @aws-sdk/client-dynamodb, or something whose send(command) returns a promise of its output; a mock must answer every command that the store sends.'
  }
  if (isAccessDenied(failure)) {
    return `Grant the function's role dynamodb:PutItem, dynamodb:UpdateItem, dynamodb:GetItem, dynamodb:BatchGetItem, dynamodb:PartiQLInsert and dynamodb:PartiQLUpdate on the table (the constructs of oncekit/cdk do), and the use of its KMS key. ${NEEDS}`
  }
  return NEEDS
}

/** The failure as whoever reads the log wants it: what the network said, of which endpoint; anything else as it is. */
export function explained(failure: unknown): unknown {
  const code = networkCode(failure)
  if (code === undefined) return failure
  const what = [code, endpointOf(failure)].filter((part) => part !== '').join(' ')
  const hint = code === 'ENOTFOUND' ? '. There is no such host: check the Region and the endpoint' : ''
  return new StoreUnavailableError(what + hint, { cause: failure })
}

/** Fields of Node.js's system errors. */
interface SystemError {
  readonly address?: string
  readonly hostname?: string
  readonly host?: string
  readonly port?: number
  /** A name with several addresses fails once for each. */
  readonly errors?: readonly SystemError[]
}

function endpointOf(failure: unknown): string {
  const whole: SystemError = Object(failure)
  const { hostname, host, address, port } = whole.errors?.[0] ?? whole
  const place = hostname ?? host ?? address ?? ''
  return port === undefined ? place : `${place}:${port}`
}
