import { isOncekitError } from '../../src/errors/is-oncekit-error.ts'
import { recordId } from '../../src/index.ts'
import type { Options } from '../../src/options/options.ts'
import { digest } from '../../src/protocol/digest.ts'
import { SCHEMA_VERSION } from '../../src/protocol/names.ts'
import type { IdempotencyRecord } from '../../src/protocol/record.ts'
import { sqsEvent } from '../../src/testing/sqs-event.ts'

/** One of each kind: it succeeds, it fails at first, it was done before, another execution holds it. */
export const KINDS = ['done', 'failing', 'duplicate', 'busy'] as const
export type Kind = (typeof KINDS)[number]

const NAMESPACE = 'company'
const DELIVERIES = 5

/** Where the records are, and a way past the store's rules: to set the scene, and to let leases end. */
export interface Place {
  put(record: IdempotencyRecord): unknown
  get(id: string): IdempotencyRecord | undefined | Promise<IdempotencyRecord | undefined>
  delete(id: string): unknown
}

/** The part of the options that says where the records are, and what else a table's rows have in common. */
export type StoreOptions = Pick<Options<undefined>, 'store' | 'table' | 'client' | 'deadlineReserveMs'>

/** A function as Lambda calls it. */
export type Subject = (event: unknown, context: { getRemainingTimeInMillis(): number }) => Promise<unknown>

/** What a subject is made of: options for oncekit, and the work of one message. */
export interface Stage {
  readonly options: StoreOptions & {
    readonly namespace: string
    readonly observer: false
    readonly logger: Readonly<Record<'info' | 'warn' | 'error', (text: string, fields?: unknown) => void>>
    readonly key: (message: { readonly body: unknown }) => string
  }
  /** The work of one message. While its trouble lasts the failing one fails, or hangs. */
  work(body: unknown): unknown
}

/** How it is played. */
export interface Conditions {
  /** Of each invocation. @default 30,000 */
  readonly remainingMs?: number
  /** The failing one does not throw while its trouble lasts: it never ends. @default false */
  readonly hangs?: boolean
}

/** What became of one delivery. */
interface Delivery {
  /** What comes back to the queue. */
  readonly back: readonly Kind[]
  /** What the invocation threw, in text; all comes back then. */
  readonly thrown: string | undefined
}

/** What the four messages came to. */
export interface Outcome {
  readonly first: Delivery
  /** Effects of the first delivery, in order. */
  readonly ran: readonly Kind[]
  /** What came back was delivered again, up to five deliveries in all. */
  readonly deliveries: number
  /** What is left on the queue after them. */
  readonly left: readonly Kind[]
  /** Effects of all deliveries, and of a stray copy of every message at the end: none of them twice. */
  readonly effects: readonly Kind[]
  /** What each answer acknowledged though its record is not completed. Must be empty. */
  readonly lost: readonly Kind[]
  /** Lines of the log, as `warn: text`, each once. */
  readonly log: readonly string[]
}

/** The order of a message, whoever has parsed its body before. */
function kindOf(body: unknown): Kind {
  const { orderId }: { orderId: Kind } = typeof body === 'string' ? JSON.parse(body) : Object(body)
  return orderId
}

/**
 * Plays the four messages to a function: a first delivery, then what comes back again and again, the leases over and the
 * trouble gone, at last a stray copy of each.
 *
 * @param options the store's part of the options
 */
export async function play(
  place: Place,
  options: StoreOptions,
  make: (stage: Stage) => Subject,
  { remainingMs = 30_000, hangs = false }: Conditions = {},
): Promise<Outcome> {
  const effects: Kind[] = []
  const log = new Set<string>()
  const lost = new Set<Kind>()
  const say = (level: string) => (text: string) => void log.add(`${level}: ${text}`)
  let trouble = true
  const stage: Stage = {
    options: {
      ...options,
      namespace: NAMESPACE,
      observer: false,
      logger: { info: say('info'), warn: say('warn'), error: say('error') },
      key: ({ body }) => kindOf(body),
    },
    work(body) {
      const kind = kindOf(body)
      if (kind === 'failing' && trouble) {
        if (hangs) return new Promise(() => {})
        throw new Error('declined')
      }
      effects.push(kind)
      return undefined
    },
  }
  await setTheScene(place)
  const subject = make(stage)

  async function deliver(kinds: readonly Kind[], receiveCount: number): Promise<Delivery> {
    const end = performance.now() + remainingMs
    const context = { getRemainingTimeInMillis: () => end - performance.now() }
    let delivery: Delivery
    try {
      const answer = await subject(eventOf(kinds, receiveCount), context)
      const back = namedBy(answer)
      delivery = { back: kinds.filter((kind) => back.includes(kind)), thrown: undefined }
    } catch (error) {
      delivery = { back: kinds, thrown: textOf(error) }
    }
    for (const kind of kinds) {
      if (delivery.back.includes(kind)) continue
      const record = await place.get(idOf(kind))
      if (record?.status !== 'COMPLETED') lost.add(kind)
    }
    return delivery
  }

  const first = await deliver(KINDS, 1)
  const ran = [...effects]
  trouble = false
  let { back: left } = first
  let deliveries = 1
  while (left.length > 0 && deliveries < DELIVERIES) {
    await endLeases(place)
    deliveries++
    left = (await deliver(left, deliveries)).back
  }
  if (left.length === 0) await deliver(KINDS, 2)
  return { first, ran, deliveries, left, effects, lost: [...lost], log: [...log] }
}

const idOf = (kind: Kind) => recordId(NAMESPACE, kind)

const bodyOf = (kind: Kind) => JSON.stringify({ orderId: kind })

const eventOf = (kinds: readonly Kind[], receiveCount: number) =>
  sqsEvent(kinds.map((kind) => ({ messageId: kind, body: bodyOf(kind), receiveCount })))

/** The duplicate is done, as another message; the busy one is held by somebody for ten minutes more. */
async function setTheScene(place: Place): Promise<void> {
  for (const kind of KINDS) await place.delete(idOf(kind))
  const now = Date.now()
  const common = (kind: Kind) => ({
    id: idOf(kind),
    schemaVersion: SCHEMA_VERSION,
    owner: 'somebody-else',
    fence: now - 60_000,
    attempts: 1,
    expiresAt: now + 86_400_000,
    ttl: Math.ceil((now + 86_400_000) / 1_000),
    fingerprint: digest(bodyOf(kind)),
  })
  await place.put({ ...common('duplicate'), status: 'COMPLETED' })
  await place.put({ ...common('busy'), status: 'IN_PROGRESS', leaseUntil: now + 600_000 })
}

/** Lets so much time pass that no lease is left. */
async function endLeases(place: Place): Promise<void> {
  for (const kind of KINDS) {
    const record = await place.get(idOf(kind))
    if (record?.status === 'IN_PROGRESS') await place.put({ ...record, leaseUntil: Date.now() - 60_000 })
  }
}

/** The identifiers that Lambda would read in an answer; it deletes all others. */
function namedBy(answer: unknown): readonly string[] {
  const { batchItemFailures = [] }: { batchItemFailures?: { itemIdentifier: string }[] } = Object(answer)
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)
}

function textOf(error: unknown): string {
  if (isOncekitError(error)) return `${error.code}: ${error.message}`
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}
