import { MessageInvalidError } from '../errors/message-invalid-error.ts'
import { canonicalDecimal } from '../protocol/decimal.ts'
import type { EnvelopeOption, Unwrapped } from '../protocol/envelopes.ts'
import { isThenable, kindOf, NOTHING_ROUNDED, scalarProblem } from '../protocol/identity.ts'
import type { MissingKey } from '../protocol/key.ts'
import type { AttributeValue } from '../protocol/message.ts'
import { KEY_MESSAGE_ATTRIBUTE } from '../protocol/names.ts'
import type { SqsRecord } from '../protocol/sqs-record.ts'
import { openEventBridge } from './envelope-eventbridge.ts'
import { openS3 } from './envelope-s3.ts'
import { openSns } from './envelope-sns.ts'
import { optionThrew } from './option-threw.ts'

/** An envelope, opened. */
export interface Opened extends Unwrapped {
  /** The idempotency-key attribute inside, where there are attributes inside. */
  readonly keyAttribute?: string | MissingKey | undefined
  /** `false`: the body is new for every send of the same payload, so there is nothing to compare. */
  readonly comparable?: boolean
}

type MaybeOpened = Opened | undefined

/**
 * What is inside of a record's body; `undefined`: it has no envelope.
 * @throws MessageInvalidError when it is not what the option says
 */
export function openEnvelope(option: EnvelopeOption, record: SqsRecord): MaybeOpened | Promise<MaybeOpened> {
  if (option === 'sns') return openSns(record.body)
  if (option === 'eventbridge') return openEventBridge(record.body)
  if (option === 's3') return openS3(record.body)
  let found: unknown
  try {
    found = option(record)
  } catch (error) {
    return threw(error)
  }
  // A promise of this realm, which is what the caller looks for.
  return isThenable(found) ? Promise.resolve(found).then(checked, threw) : checked(found)
}

function threw(cause: unknown): never {
  throw new MessageInvalidError(optionThrew('envelope', cause), { cause, thrown: cause })
}

/** What the user's function returned: JavaScript callers are not held to its type. */
function checked(found: unknown): MaybeOpened {
  if (found === undefined) return undefined
  // `Object` of anything can be asked for a field.
  const { body, attributes, key, envelope }: Partial<Unwrapped> = Object(found)
  if (typeof found !== 'object') throw wrong(`${kindOf(found)}, not an object whose body is text`)
  if (typeof body !== 'string') {
    throw wrong(found ? `a body that is ${kindOf(body)}, not text` : 'null, not an object whose body is text')
  }
  return { body, attributes, key, envelope, keyAttribute: keyOf(attributes?.[KEY_MESSAGE_ATTRIBUTE]) }
}

function wrong(what: string): MessageInvalidError {
  return new MessageInvalidError(`the \`envelope\` option returned ${what}`)
}

function keyOf(value: AttributeValue | undefined): string | MissingKey | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'string' && value !== '') return value
  if (typeof value === 'number' && !scalarProblem(value, NOTHING_ROUNDED))
    return canonicalDecimal(String(value))
  return {
    missing: `the attribute ${KEY_MESSAGE_ATTRIBUTE} of what the \`envelope\` option returned cannot be read`,
  }
}
