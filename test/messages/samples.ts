import { ConfigError } from '../../src/errors/config-error.ts'
import { InProgressError } from '../../src/errors/in-progress-error.ts'
import { KeyMissingError } from '../../src/errors/key-missing-error.ts'
import { LeaseLostError } from '../../src/errors/lease-lost-error.ts'
import { MessageInvalidError } from '../../src/errors/message-invalid-error.ts'
import { PayloadMismatchError } from '../../src/errors/payload-mismatch-error.ts'
import { PermanentError } from '../../src/errors/permanent-error.ts'
import { PoisonedError } from '../../src/errors/poisoned-error.ts'
import { RecordUnknownError } from '../../src/errors/record-unknown-error.ts'
import { ResultTooLargeError } from '../../src/errors/result-too-large-error.ts'
import { StoreUnavailableError } from '../../src/errors/store-unavailable-error.ts'
import { otherEnvelope } from '../../src/lambda/envelope-looks.ts'
import { windowProblem, windowWarning } from '../../src/options/window.ts'
import { kindOf, scalarProblem } from '../../src/protocol/identity.ts'
import { nodeProblem } from '../../src/runtime/node-version.ts'
import { explained, misconfigured } from '../../src/store/dynamodb/explain.ts'

const failure = (name: string, message: string) => Object.assign(new Error(message), { name })

/** Every class of errors, with what it is given somewhere. */
export const ERRORS: readonly Error[] = [
  new ConfigError(nodeProblem('20.11.0') ?? ''),
  new InProgressError('leased for 12 s'),
  new KeyMissingError(`the key is ${kindOf(null)}`),
  ...[2 ** 53, 0.1, 'order-0.1', NaN].map(
    (key) => new KeyMissingError(`the key ${scalarProblem(key, new Set([0.1]))}`),
  ),
  new LeaseLostError('owner differs'),
  new MessageInvalidError('its body is not JSON at position 4'),
  new MessageInvalidError(`its body is another; ${otherEnvelope('{"Type":"Notification"}', 'S3', '')}`),
  new PayloadMismatchError(),
  new PermanentError('as the user has said.'),
  new PoisonedError('TypeError'),
  new PoisonedError(undefined),
  new RecordUnknownError('schemaVersion 2'),
  new ResultTooLargeError(70_000, 65_536),
  new StoreUnavailableError('ECONNREFUSED 127.0.0.1:8000'),
  misconfigured('orders', failure('AccessDeniedException', 'not authorized to perform dynamodb:PutItem')),
  misconfigured('orders', failure('ResourceNotFoundException', 'Requested resource not found')),
  misconfigured('orders', failure('Error', 'Region is missing')),
  misconfigured(
    'orders',
    failure('CredentialsProviderError', 'Could not load credentials from any providers'),
  ),
  ...[
    failure('ExpiredTokenException', 'The security token included in the request is expired'),
    failure('OptInRequired', 'The AWS Access Key Id needs a subscription for the service'),
    failure('ValidationException', 'The provided key element does not match the schema'),
    failure('UnknownOperationException', 'An unknown operation was requested.'),
    failure('KMSDisabledException', 'The key is disabled'),
    failure('ClientAnswerError', 'client.send(PutItemCommand) answered with undefined'),
    Object.assign(new TypeError('Invalid URL'), { code: 'ERR_INVALID_URL' }),
  ].map((one) => misconfigured('orders', one)),
  ...[
    { code: 'ENOTFOUND', hostname: 'dynamodb.eu-cntral-1.amazonaws.com' },
    { code: 'ECONNREFUSED', address: '127.0.0.1', port: 8000 },
    { code: 'EPROTO' },
    { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
    { name: 'SyntaxError', $metadata: { httpStatusCode: 403 } },
  ].map((fields) => told(explained(Object.assign(new Error('of Node.js or the SDK'), fields)))),
]

function told(error: unknown): Error {
  return error instanceof Error ? error : new TypeError('no error')
}

/** Sentences of their own, without a call that would show them among the sites. */
export const SENTENCES: readonly (string | undefined)[] = [
  windowWarning(14_000, undefined),
  windowWarning(172_800_000, undefined),
  windowProblem(4_000, 4_500),
]
