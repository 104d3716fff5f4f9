import { isAccessDenied, isEndpointWrong, isRegionWrong, messageOf, nameOf } from './failures.ts'

const KEY_SCHEMA = 'The table needs the partition key `id` (S) and no sort key.'

const OPERATIONS =
  'dynamodb:PutItem, dynamodb:UpdateItem, dynamodb:GetItem, dynamodb:BatchGetItem, dynamodb:PartiQLInsert and dynamodb:PartiQLUpdate on the table (the constructs of oncekit/cdk do)'

const KMS_KEY = "The function's role needs the use of the table's KMS key, and the key must be enabled."

/** What to do, by the names of the service and the SDK. The first that fits. */
const BY_NAME: readonly (readonly [pattern: RegExp, remedy: string])[] = [
  // It says itself what to do.
  [/^ConfigError$/, ''],
  [
    /^CredentialsProvider/,
    'Give the function an execution role; elsewhere set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
  ],
  [
    /^(ExpiredToken|UnrecognizedClient|InvalidClientTokenId|InvalidSignature|MissingAuthenticationToken|IncompleteSignature)/,
    "The credentials are not accepted. In Lambda leave them to the execution role; elsewhere renew the session, or correct AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN. Check the host's clock, too.",
  ],
  [/^OptInRequired/, 'The account, or the Region for it, has to be activated first.'],
  [
    /^ClientAnswer/,
    'The option "client" must be a DynamoDBClient of @aws-sdk/client-dynamodb, or something whose send(command) returns a promise of its output; a mock must answer every command that the store sends.',
  ],
  [
    /^ResourceNotFound/,
    `There is no such table where the client looks, or not yet: check the name, the Region and the account. ${KEY_SCHEMA}`,
  ],
  [
    /^(UnknownOperation|NotImplemented|UnsupportedOperation|InvalidAction)/,
    'The server must know PutItem, UpdateItem and GetItem as DynamoDB does: check the endpoint.',
  ],
  [/KMS|^InaccessibleEncryption/, KMS_KEY],
]

/** What to do about a failure that waiting does not cure. */
export function remedyOf(failure: unknown): string {
  if (isRegionWrong(failure)) return 'Set AWS_REGION, or give a client: new DynamoDBClient({ region }).'
  if (isEndpointWrong(failure))
    return 'The endpoint must be a URL, such as http://localhost:8000: correct that of the client, or AWS_ENDPOINT_URL_DYNAMODB.'
  const name = nameOf(failure)
  const found = BY_NAME.find(([pattern]) => pattern.test(name))
  if (found) return found[1]
  const said = messageOf(failure) ?? ''
  if (/\bkms\b/i.test(said)) return KMS_KEY
  return isAccessDenied(failure) ? `Grant the function's role ${OPERATIONS}.` : KEY_SCHEMA
}
