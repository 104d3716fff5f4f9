import type { View } from '../dynamodb/item.ts'
import type { Host } from '../host.ts'

/** One granted claim, as the table saw it. */
export interface ClaimRecord {
  readonly id: string
  readonly owner: string
  readonly fence: number
  readonly host: Host
  readonly invocation: number
  /** Several invocations on its host had a message of its key: it may be any of theirs. */
  readonly ambiguous: boolean
  readonly attempts: number
  readonly fingerprint: string | undefined
  /** As written last: the server's time. */
  leaseUntil: number | undefined
  /** The completion of this claim is in the table. */
  completed: boolean
  /** It was given back: its handler never started. */
  givenBack: boolean
  /** A handler of the whole batch was given its message. */
  handedOver: boolean
  /** Its lease was extended. */
  extended: boolean
  /** True time at which its completion was refused because it was in place. */
  completionSeenAt: number | undefined
  /** The write was answered with a failure or not at all, and found again by its owner. */
  seenAgain: boolean
  execution: Execution | undefined
}

/** One run of the user's handler. */
export interface Execution {
  readonly id: string
  readonly messageId: string
  readonly body: string
  readonly host: Host
  readonly invocation: number
  /** `undefined`: it runs without a record. */
  readonly claim: ClaimRecord | undefined
  readonly startedAt: number
  ended: 'success' | 'error' | undefined
  endedAt: number
  effects: number
}

/** What makes a transition of the record lawful, beside the record itself. */
export interface TransitionContext {
  readonly writer: Host
  /** Owner tokens that this host has drawn. */
  readonly issuedByWriter: boolean
  /** Latest reading that the writer's corrected clock can have had when it decided. */
  readonly latestNow: number
  /** True time. */
  readonly trueNow: number
  /** How far a corrected clock may be off. */
  readonly errorMs: number
  readonly marginMs: number
  readonly sentAt: number | undefined
  readonly claim: ClaimRecord | undefined
  readonly ttlMs: number
  /** The handler has run without a record, which is claimed afterwards only to be completed. */
  readonly ranBefore: boolean
  readonly wholeBatch: boolean
  readonly maxAttempts: number | undefined
}

const UNLAWFUL = {
  unknown: 'a record of another version or of an unknown status was written over',
  stolen: 'a claim was taken that was neither stuck, failed nor over',
  window: 'a COMPLETED record was claimed inside its window',
  poison: 'a POISONED record was claimed though it was neither sent again nor over',
  payload: 'a record of another payload was claimed inside its window',
  attempts: 'a record was claimed more often than its attempts allow',
  endless: 'a claim without a lease was taken before its window was over',
} as const

/** Which invariant a write breaks, and how. `undefined`: it is lawful. The tables of protocol.md, from the data alone. */
export function judgeWrite(
  old: View | undefined,
  now: View,
  context: TransitionContext,
): readonly [invariant: string, message: string] | undefined {
  if (now.ttl !== Math.ceil((now.expiresAt + 3_600_000) / 1000)) {
    return ['record', `ttl ${now.ttl} does not follow from expiresAt ${now.expiresAt}`]
  }
  if (old !== undefined && now.owner === old.owner) {
    // A late copy of a claim must not take again what its owner has let go.
    const claims = now.status === 'IN_PROGRESS' && now.fence !== old.fence
    return claims
      ? ['claim', 'a late copy of a claim took its record again']
      : judgeSettlement(old, now, context)
  }
  if (!context.issuedByWriter) return ['I3', `${context.writer.name} wrote an owner that is not its own`]
  if (old === undefined) return judgeCreation(now, context)
  return judgeClaimOver(old, now, context)
}

function judgeCreation(now: View, context: TransitionContext): readonly [string, string] | undefined {
  if (now.status === 'IN_PROGRESS') return undefined
  if (now.status !== 'COMPLETED') return ['I3', `a record was created as ${now.status}`]
  return context.claim?.execution?.ended === 'success'
    ? undefined
    : ['I3', 'a COMPLETED record was created without a handler that had succeeded']
}

function judgeClaimOver(
  old: View,
  now: View,
  context: TransitionContext,
): readonly [string, string] | undefined {
  if (old.schemaVersion !== 1) return ['claim', UNLAWFUL.unknown]
  // The fence starts from the clock; within one record it must grow.
  if (!(now.fence > old.fence)) return ['I3', `the fence did not grow: ${old.fence} to ${now.fence}`]
  if (now.status === 'POISONED') return judgeGivingUp(old, now, context)
  if (now.status !== 'IN_PROGRESS') return ['I3', `a non-owner wrote ${now.status} over ${old.status}`]
  if (!context.ranBefore && now.attempts > (context.maxAttempts ?? Infinity)) {
    return ['attempts', UNLAWFUL.attempts]
  }
  const stale = context.latestNow - context.marginMs
  const expired = old.expiresAt < stale
  // What failed or was given up is not completed: its message may be corrected.
  const binds = (old.status === 'IN_PROGRESS' || old.status === 'COMPLETED') && !expired
  if (binds && old.fingerprint !== undefined && now.fingerprint !== undefined) {
    if (old.fingerprint !== now.fingerprint) return ['claim', UNLAWFUL.payload]
  }
  switch (old.status) {
    case 'IN_PROGRESS':
      if (old.leaseUntil === undefined) {
        if (!expired) return ['I1', UNLAWFUL.endless]
        return now.attempts === 1 ? undefined : ['record', 'a new window did not count from one']
      }
      if (!(old.leaseUntil < stale)) return ['I1', UNLAWFUL.stolen]
      return now.attempts === old.attempts + 1
        ? undefined
        : ['record', 'a takeover did not count the attempt']
    case 'FAILED':
      // A request that arrives late was decided while the window was open.
      return now.attempts === old.attempts + 1 || (expired && now.attempts === 1)
        ? undefined
        : ['record', `attempts went from ${old.attempts} to ${now.attempts}`]
    case 'COMPLETED':
      return expired ? undefined : ['I2', UNLAWFUL.window]
    case 'POISONED': {
      const resent =
        context.sentAt !== undefined && old.poisonedAt !== undefined && context.sentAt > old.poisonedAt
      return expired || resent ? undefined : ['claim', UNLAWFUL.poison]
    }
    default:
      return ['claim', UNLAWFUL.unknown]
  }
}

/** A stuck record that was claimed as often as allowed is given up instead of taken over. */
function judgeGivingUp(
  old: View,
  now: View,
  { latestNow, marginMs, maxAttempts = Infinity }: TransitionContext,
): readonly [string, string] | undefined {
  if (old.status !== 'IN_PROGRESS') return ['I3', `a non-owner gave up a record that was ${old.status}`]
  const stuck = old.leaseUntil !== undefined && old.leaseUntil < latestNow - marginMs
  if (!stuck) return ['I1', 'a claim was given up that was not stuck']
  if (old.attempts < maxAttempts)
    return ['attempts', `given up after ${old.attempts} of ${maxAttempts} attempts`]
  const right = now.attempts === old.attempts && now.leaseUntil === undefined && now.poisonedAt !== undefined
  return right ? undefined : ['record', 'a record was given up with a lease, other attempts or no time']
}

function judgeSettlement(
  old: View,
  now: View,
  context: TransitionContext,
): readonly [string, string] | undefined {
  const { claim } = context
  if (claim === undefined) return ['I3', `${context.writer.name} settled a claim that is not its own`]
  if (old.status !== 'IN_PROGRESS') return ['I3', `${old.status} became ${now.status} by its former owner`]
  if (old.owner !== claim.owner) return ['I3', `${context.writer.name} settled a claim of another owner`]
  if (old.fence !== claim.fence || now.fence !== claim.fence) {
    return ['I3', `fence ${claim.fence} was settled over fence ${old.fence}`]
  }
  const ended = claim.execution?.ended
  switch (now.status) {
    case 'COMPLETED': {
      if (ended !== 'success') return ['settle', 'completed without a handler that had succeeded']
      const opens = claim.execution?.startedAt ?? 0
      if (now.expiresAt < opens + context.ttlMs - context.errorMs) {
        return ['window', `the window is ${opens + context.ttlMs - now.expiresAt} ms shorter than asked for`]
      }
      const longest = context.trueNow + context.ttlMs + context.errorMs
      return now.expiresAt > longest
        ? ['window', `the window is ${now.expiresAt - longest} ms longer than asked for`]
        : undefined
    }
    case 'FAILED':
    case 'POISONED':
      // Two invocations of a host had a message of its key: the run may be the other's, without a claim.
      if (claim.ambiguous && now.status === 'FAILED' && now.attempts < old.attempts)
        return judgeGivingBack(old, now)
      // A handler of a whole batch may reject what it never began.
      if (claim.execution === undefined && !claim.handedOver) return judgeGivingBack(old, now)
      if (now.attempts !== old.attempts)
        return ['settle', `a release made ${now.attempts} of ${old.attempts} attempts`]
      if (context.wholeBatch && claim.execution?.invocation !== claim.invocation) return undefined
      if (now.status === 'FAILED' && now.attempts >= (context.maxAttempts ?? Infinity)) {
        return ['settle', `released as FAILED after ${now.attempts} attempts`]
      }
      return ended === 'error' ? undefined : ['settle', 'released while its handler may still be running']
    case 'IN_PROGRESS':
      return now.leaseUntil !== undefined && now.leaseUntil >= (old.leaseUntil ?? 0)
        ? undefined
        : ['settle', 'a lease was not extended but cut']
    default:
      return ['I3', `an owner wrote ${now.status}`]
  }
}

/** Of a claim whose handler never started nothing may be left. */
function judgeGivingBack(old: View, now: View): readonly [string, string] | undefined {
  if (now.status !== 'FAILED') return ['settle', `${now.status} though its handler never started`]
  if (now.leaseUntil !== undefined) return ['I13', 'a claim was given back with its lease']
  return now.attempts === old.attempts - 1
    ? undefined
    : [
        'I13',
        `a claim whose handler never started was given back with ${now.attempts} of ${old.attempts} attempts`,
      ]
}
