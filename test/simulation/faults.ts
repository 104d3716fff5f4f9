import type { Random } from './random.ts'

/** What may happen to one attempt of a request. */
export type RequestFault =
  | 'none'
  /** The connection breaks before the request arrives. */
  | 'reset-before'
  /** Applied; the connection breaks before the answer. */
  | 'reset-after'
  | 'error-before'
  /** Applied, and answered with HTTP 500. */
  | 'error-after'
  /** A batch of which only a part was applied, answered with HTTP 500. */
  | 'partly-applied'
  /** Neither applied nor ever answered. */
  | 'black-hole-before'
  /** Applied, never answered. */
  | 'black-hole-after'
  /** The caller sees a broken connection; the request arrives seconds later all the same. */
  | 'late'
  /** Never answered, and it arrives seconds later. */
  | 'late-silent'
  | 'throttle'
  | 'conflict'
  /** Answered late. */
  | 'slow'

/** Rates per thousand. A seed switches a random subset on. */
export interface Rates {
  resetBefore: number
  resetAfter: number
  errorBefore: number
  errorAfter: number
  partlyApplied: number
  blackHoleBefore: number
  blackHoleAfter: number
  late: number
  lateSilent: number
  throttle: number
  conflict: number
  slow: number
  /** Per statement of a batch. */
  statementError: number
  /** Per key of a batch read. */
  unprocessed: number
  /** Misconfigured for a moment: the whole call is refused. */
  refused: number
  /** Per invocation: SIGKILL after a random number of steps. */
  kill: number
  /** Per invocation: the host stands still for a while. */
  stall: number
  /** Per receive: delivered once more while in flight. */
  duplicate: number
  /** Per receive: twice in the same batch. */
  duplicateInBatch: number
  /** Per receive: the approximate count says 1. */
  wrongReceiveCount: number
  /** Per delivery: the record is deleted behind everybody's back. */
  deleteRecord: number
  /** Per delivery: a record in progress loses its lease. */
  dropLease: number
  /** Per delivery: the record's owner or fence is changed behind everybody's back. */
  changeHands: number
  /** Per delivery: the record becomes one of another version or of an unknown status. */
  foreignRecord: number
  /** Per run of the handler. */
  throwBefore: number
  throwAfter: number
  permanent: number
  hang: number
  longRun: number
  mutate: number
}

/** Kinds that may be switched on, with their highest rate. */
export const HIGHEST: Readonly<Rates> = {
  resetBefore: 150,
  resetAfter: 200,
  errorBefore: 150,
  errorAfter: 200,
  partlyApplied: 300,
  blackHoleBefore: 80,
  blackHoleAfter: 100,
  late: 100,
  lateSilent: 80,
  throttle: 300,
  conflict: 200,
  slow: 200,
  statementError: 200,
  unprocessed: 400,
  refused: 40,
  kill: 400,
  stall: 400,
  duplicate: 400,
  duplicateInBatch: 300,
  wrongReceiveCount: 400,
  deleteRecord: 300,
  dropLease: 200,
  changeHands: 400,
  foreignRecord: 150,
  throwBefore: 400,
  throwAfter: 200,
  permanent: 100,
  hang: 200,
  longRun: 300,
  mutate: 500,
}

export type FaultKind = keyof Rates

const KINDS = Object.keys(HIGHEST) as FaultKind[] // The keys of a literal are exactly its key type.

export function noFaults(): Rates {
  const rates = { ...HIGHEST }
  for (const kind of KINDS) rates[kind] = 0
  return rates
}

/** Swarm testing: each seed has a few kinds of fault at random rates, so that none always hides another. */
export function drawRates(random: Random, share: number): Rates {
  const rates = noFaults()
  for (const kind of KINDS) {
    if (random.chance(share)) rates[kind] = random.between(1, HIGHEST[kind])
  }
  return rates
}

/** One draw for one attempt of a request. */
export function drawRequestFault(rates: Rates, random: Random): RequestFault {
  let left = random.below(1000)
  for (const [fault, kind] of REQUEST_FAULTS) {
    left -= rates[kind]
    if (left < 0) return fault
  }
  return 'none'
}

const REQUEST_FAULTS: readonly (readonly [RequestFault, FaultKind])[] = [
  ['reset-before', 'resetBefore'],
  ['reset-after', 'resetAfter'],
  ['error-before', 'errorBefore'],
  ['error-after', 'errorAfter'],
  ['partly-applied', 'partlyApplied'],
  ['black-hole-before', 'blackHoleBefore'],
  ['black-hole-after', 'blackHoleAfter'],
  ['late', 'late'],
  ['late-silent', 'lateSilent'],
  ['throttle', 'throttle'],
  ['conflict', 'conflict'],
  ['slow', 'slow'],
]

/** What may be the only fault of a seed. */
export const REQUEST_FAULT_NAMES: readonly RequestFault[] = REQUEST_FAULTS.map(([fault]) => fault)

/** Whether nothing keeps a live host from reaching its table in time. */
export function isUndisturbed(rates: Rates): boolean {
  return rates.stall === 0 && rates.refused === 0 && REQUEST_FAULTS.every(([, kind]) => rates[kind] === 0)
}
