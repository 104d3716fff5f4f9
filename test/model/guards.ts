/**
 * The guards of the protocol, each of which can be switched off by name. A mutant is the protocol without one guard;
 * `caughtBy` is the invariant that must fail then, in the configuration where it is looked for. A guard that another
 * one backs up completely is listed with SURVIVES: the run demands that nothing fails without it.
 */
export interface Mutant {
  readonly guard: GuardName
  /** What the mutant does wrong. */
  readonly wrong: string
  readonly configuration: string
  readonly caughtBy: string
  /** An invariant that fails even earlier, set aside so that the consequence shows. */
  readonly setAside: string | undefined
}

/** Stands in for an invariant: the mutant must behave like the protocol. */
export const SURVIVES = 'survives'

const MUTANTS = [
  // claim
  ['lease', 'takes over a claim whose lease is live', 'claim', 'I1'],
  ['margin', 'takes over as soon as the lease is past by its own clock', 'claim', 'I1'],
  ['compare-and-set', 'takes over without comparing owner and fence', 'claim', 'I1', 'TOKEN'],
  ['seen-status', 'compares owner and fence alone at takeover', 'late', 'I2'],
  ['seen-lease', 'compares owner, fence and status at takeover, not the lease', 'zombie', 'I1'],
  ['seen-window', 'does not compare the end of the window when it claims an expired record', 'overrun', 'I2'],
  ['other-token', 'claims again, by a late copy, what its owner has released', 'copies', 'TOKEN'],
  ['claim-own-write', 'does not recognise its own claim when the answer was lost', 'claim', 'OWN'],
  ['busy-fails', 'acknowledges a message whose key is being worked on', 'claim', 'I4'],
  ['fail-closed', 'runs the handler when the claim got no answer', 'claim', 'I1', 'I13'],
  ['takeover', 'never takes over a stuck record', 'claim', 'I7'],
  ['fence-grows', 'starts the fence again from 1 at every insert', 'zombie', 'FENCE'],
  ['window-start', 'claims a COMPLETED record inside its window', 'window', 'I2'],
  ['window-end', 'takes an expired COMPLETED record for a duplicate', 'window', 'WINDOW'],
  ['ttl-after-window', 'lets TTL delete a record before its window ends', 'window', 'I2'],
  ['fingerprint', 'does not compare payloads', 'payload', 'I5'],
  ['unknown-record', 'claims over a record of another version', 'foreign', 'I3'],
  ['missing-lease', 'takes a missing lease for an expired one', 'endless', 'I3'],
  ['missing-lease-end', 'holds a record without a lease beyond its window', 'endless', 'I7'],
  ['failed-correction', 'takes another payload than the failed one for a mismatch', 'corrected', 'I7'],
  [
    'poisoned-correction',
    'takes another payload than the poisoned one for a mismatch when it is sent again',
    'corrected poison',
    'I7',
  ],
  ['fingerprint-taken', 'leaves the old fingerprint when it claims a failed record', 'payload', 'I5'],
  ['exhausted', 'takes over a stuck record that has had all its attempts', 'poison', 'RUNS'],
  ['exhausted-at-once', 'the same by one whole-condition write alone', 'poison', 'RUNS'],
  // time
  ['skew-look', 'claims by one whole-condition write before its clock has been compared', 'skew', 'I1'],
  ['takeover-time', 'judges takeovers by its own clock, which is known to be off', 'skew', 'I1'],
  ['lease-time', 'writes leases by its own clock, which is known to be off', 'skew behind', 'I1'],
  [
    'skew-extension',
    'starts the handler of what it claimed by a wrong clock without an extension',
    'skew behind',
    'I1',
  ],
  // settle
  ['complete-identity', 'completes without the condition on owner and fence', 'zombie', 'I3'],
  ['release-identity', 'releases without the condition on owner and fence', 'zombie', 'I3'],
  ['extend-identity', 'extends without the condition on owner and fence', 'zombie', 'I3'],
  ['extend-raises', 'cuts a newer lease by an extension that comes late', 'managed late', 'I1'],
  ['extend-window', 'extends the lease beyond the end of the window, where TTL deletes', 'zombie', 'I1'],
  ['fence', 'settles under the right token but another grant of it', 'copies', 'I3'],
  ['settle-status', 'settles without the condition on IN_PROGRESS', 'late', 'I3'],
  ['complete-own-write', 'does not recognise its own completion when the answer was lost', 'claim', 'OWN'],
  ['unknown-fails', 'acknowledges when the completion got no answer', 'claim', 'I4'],
  ['absent-fails', 'acknowledges when the completion met no record, without putting one', 'overrun', 'I4'],
  ['put-if-absent', 'puts the missing record without a condition', 'overrun', 'I3'],
  ['settled-first', 'releases at the deadline reserve while the handler still runs', 'zombie', 'I1'],
  ['poison', 'claims a POISONED record', 'poison', 'POISON'],
  ['give-back', 'leaves leased what it claimed and never started', 'claim', 'I13'],
  ['give-back-attempt', 'gives back the claim but not its attempt', 'poison', 'I13'],
  ['give-back-identity', 'gives back without the condition on owner and fence', 'zombie', 'I3'],
  // no kill
  ['extension-end', 'stops to extend at the answer, while the handler runs on', 'managed', 'I1'],
  ['extension-bound', 'extends the lease of a handler that hangs without a bound', 'managed', 'I7'],
  ['late-success', 'does not complete what succeeds after the answer', 'managed', 'EFFECT'],
  // transaction
  [
    'transaction-condition',
    'commits the effect without the condition on the claim',
    'transactional',
    'I6',
    'I3',
  ],
  [
    'transaction-absent',
    'puts a COMPLETED record though the effect was not committed',
    'transactional',
    'I6',
  ],
  [
    'transaction-token',
    'uses a request token that outlives the claim (the key)',
    'transactional',
    'I6',
    'I4',
  ],
  [
    'committed-payload',
    'takes the completion of another payload for its own',
    'transactional payloads',
    'I6',
  ],
  // a lock behind a lock: fences are unique for a key, so the token adds nothing to a settle condition
  ['token', 'settles under the right fence without comparing the token', 'zombie', SURVIVES],
  // batch
  ['coalescing', 'lets two records with one key in one event claim on their own', 'batch', 'BATCH'],
  ['shared-outcome', 'reports only the leader of the records that share a key', 'batch', 'I8'],
  ['unique-identifiers', 'reports an identifier twice when the event holds it twice', 'twice', 'I8'],
  ['report-unsettled', 'leaves out what had not settled at the reserve', 'batch', 'I8'],
  ['fifo-stop', 'goes on in a group after a record that failed', 'fifo', 'I9'],
  ['fifo-report', 'acknowledges a duplicate that stands behind a record that is not', 'fifo hosts', 'I9'],
  // environment and start
  ['own-lease', 'starts a handler after the deadline of its invocation', 'zombie', 'I1'],
  ['hard-kill', 'lets a sandbox outlive its deadline', 'claim', 'I1'],
  ['visibility', 'accepts a visibility timeout of deadline + grace + margin', 'visibility', 'I10'],
] as const satisfies readonly (readonly [string, string, string, string, string?])[]

export type GuardName = (typeof MUTANTS)[number][0]

/** Which guards are on. */
export type Guards = { readonly [Name in GuardName]: boolean }

export const mutants: readonly Mutant[] = MUTANTS.map(
  ([guard, wrong, configuration, caughtBy, setAside]) => ({
    guard,
    wrong,
    configuration,
    caughtBy,
    setAside,
  }),
)

export const guardNames: readonly GuardName[] = mutants.map(({ guard }) => guard)

export function isGuardName(name: string): name is GuardName {
  return guardNames.some((guard) => guard === name)
}

/** All guards on, but for the named ones. */
export function guardsWithout(...off: readonly GuardName[]): Guards {
  const entries = guardNames.map((guard) => [guard, !off.includes(guard)])
  // fromEntries loses the names of the keys; every guard has one entry.
  return Object.fromEntries(entries) as Guards
}
