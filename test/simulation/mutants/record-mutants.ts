import type { Mutant } from './mutants.ts'

const DECIDE = 'protocol/decide.ts'
const WRITES = 'store/dynamodb/writes.ts'
const CLOCK = 'store/dynamodb/server-clock.ts'

/** Guards on what may be claimed. */
export const RECORD_MUTANTS: readonly Mutant[] = [
  {
    name: 'margin',
    guard: 'a takeover waits for the margin: 2 × clock error after the lease',
    edits: [{ file: 'protocol/windows.ts', find: 'return 2 * clockErrorMs', replace: 'return 0' }],
  },
  {
    name: 'grace',
    guard: 'a lease outlasts its invocation by the grace for a late kill',
    edits: [{ file: 'protocol/windows.ts', find: ' + graceMs)', replace: ')' }],
  },
  {
    name: 'lease-check',
    guard: 'a live lease is busy',
    edits: [
      {
        file: DECIDE,
        find: "if (record.leaseUntil >= stale) return 'busy'",
        replace: '',
      },
    ],
  },
  {
    name: 'late-copy-of-claim-over',
    guard: 'a late copy of a lone claim does not take again what its owner has released',
    edits: [{ file: WRITES, find: '#owner <> :owner AND ', replace: '' }],
  },
  {
    name: 'lease-check-in-claim-over',
    guard: 'a live lease is busy, in the form of one conditional write',
    edits: [{ file: WRITES, find: ' AND #leaseUntil < :stale', replace: '' }],
  },
  {
    name: 'window',
    guard: 'COMPLETED inside its window is a duplicate',
    edits: [{ file: DECIDE, find: "return expired ? 'expired' : 'duplicate'", replace: "return 'expired'" }],
  },
  {
    name: 'window-margin',
    guard: 'a window is over only when the margin is past too',
    edits: [
      {
        file: DECIDE,
        find: 'const expired = record.expiresAt < stale',
        replace: 'const expired = record.expiresAt < asker.now',
      },
    ],
  },
  {
    name: 'window-slack',
    guard: 'time to live deletes an hour after the logical end of the window',
    edits: [{ file: 'protocol/windows.ts', find: '(expiresAt + TTL_SLACK_MS)', replace: 'expiresAt' }],
  },
  {
    name: 'fingerprint',
    guard: 'the same key with another payload is a mismatch',
    edits: [
      {
        file: DECIDE,
        find: 'return stored !== undefined && offered !== undefined && stored !== offered',
        replace: 'return false && stored !== offered',
      },
    ],
  },
  {
    name: 'fingerprint-in-claim-over',
    guard: 'another payload is not claimed over, in the form of one conditional write',
    edits: [
      {
        file: WRITES,
        find: "' AND (attribute_not_exists(#fingerprint) OR #fingerprint = :fingerprint)'",
        replace: "''",
      },
    ],
  },
  {
    name: 'unknown-version',
    guard: 'a record of another version is left alone',
    edits: [
      {
        file: DECIDE,
        find: 'record.schemaVersion !== SCHEMA_VERSION ||',
        replace: 'void SCHEMA_VERSION ||',
      },
    ],
  },
  {
    name: 'unknown-version-in-claim-over',
    guard: 'a record of another version is left alone, in the form of one conditional write',
    edits: [{ file: WRITES, find: '#schemaVersion = :schemaVersion AND ', replace: '' }],
  },
  {
    name: 'unknown-status',
    guard: 'a record of an unknown status is left alone',
    edits: [
      {
        file: DECIDE,
        find: '!isKnown(status)) return',
        replace: 'false) return',
      },
      {
        file: DECIDE,
        find: "    case 'FAILED':",
        replace: "    case 'FAILED':\n    default:",
      },
    ],
  },
  {
    name: 'poisoned',
    guard: 'a given-up message is not claimed again',
    edits: [{ file: DECIDE, find: "? 'resent' : 'poisoned'", replace: "? 'resent' : 'retry'" }],
  },
  {
    name: 'poisoned-again',
    guard: 'only a message sent after it was given up is claimed again',
    edits: [
      {
        file: DECIDE,
        find: 'return asker.sentAt > record.poisonedAt + asker.marginMs',
        replace: 'return true',
      },
    ],
  },
  {
    name: 'own-claim',
    guard: 'an own claim whose answer was lost is recognised by its owner',
    edits: [{ file: DECIDE, find: "return 'own-claim'", replace: "return 'busy'" }],
  },
  {
    name: 'compare-owner-and-fence',
    guard: 'a claim over a record compares and sets its owner and fence',
    edits: [{ file: WRITES, find: 'status,\n      owner,\n      fence,', replace: 'status,' }],
  },
  {
    name: 'compare-status-and-lease',
    guard: 'a claim over a record compares status and lease: its owner may have completed since',
    edits: [
      { file: WRITES, find: 'status,\n      owner,\n      fence,', replace: 'owner, fence,' },
      {
        file: WRITES,
        find: "leaseUntil: why === 'takeover' ? leaseUntil : undefined,",
        replace: 'leaseUntil: false ? leaseUntil : undefined,',
      },
    ],
  },
  {
    name: 'compare-lease',
    guard: 'a takeover compares the lease: its owner may have extended it since',
    edits: [
      {
        file: WRITES,
        find: "leaseUntil: why === 'takeover' ? leaseUntil : undefined,",
        replace: 'leaseUntil: false ? leaseUntil : undefined,',
      },
    ],
  },
  {
    name: 'fence-grows',
    guard: 'the fence grows with every claim',
    edits: [{ file: WRITES, find: 'claimed(request, fence + 1,', replace: 'claimed(request, fence,' }],
  },
  {
    name: 'insert-where-absent',
    guard: 'a first claim is put only where nothing is',
    edits: [
      {
        file: 'store/dynamodb/write.ts',
        find: 'ConditionExpression: `',
        replace: 'ConditionExpression: undefined && `',
      },
    ],
  },
  {
    name: 'cache-window',
    guard: 'a completed key is forgotten before its window ends',
    edits: [
      {
        file: 'store/cached/cached-store.ts',
        find: 'if (record.expiresAt - marginMs <= now()) {',
        replace: 'if (marginMs < 0) {',
      },
    ],
  },
  {
    name: 'cache-payload',
    guard: 'a completed key with another payload is left to the store',
    edits: [
      {
        file: 'store/cached/cached-store.ts',
        find: 'record.fingerprint === request.fingerprint ?',
        replace: 'record.id === request.id ?',
      },
    ],
  },
  {
    name: 'clock-unknown',
    guard: 'a host that does not know its clock yet looks before it takes over',
    edits: [
      {
        file: 'store/dynamodb/claim-all.ts',
        find: 'redelivered && connection.clock.isKnown',
        replace: 'redelivered',
      },
    ],
  },
  {
    name: 'clock-correction',
    guard: 'a host whose clock is off writes and compares times of the server',
    edits: [
      {
        file: CLOCK,
        find: 'return this.#host.now() + this.#correction',
        replace: 'return this.#host.now() + 0 * this.#correction',
      },
    ],
  },
  {
    name: 'clock-unsure',
    guard: 'while no answer came fast enough to compare the clocks, takeovers wait for one more look',
    edits: [
      { file: CLOCK, find: 'return this.#dated && !this.isKnown', replace: 'return this.#dated && false' },
    ],
  },
  {
    name: 'clock-look-after-grant',
    guard: 'what was granted by a clock that nothing has compared waits for one more look',
    edits: [
      {
        file: 'store/dynamodb/claim-all.ts',
        find: 'look < LOOKS && connection.clock.isUnsure',
        replace: 'look > LOOKS',
      },
    ],
  },
  {
    name: 'clock-look-in-claim-time',
    guard: 'the look at the clock has time of its own, though a claim may have just a part of it',
    // Needs a first request that takes all of a claim's half of the time, on a host seconds behind.
    from: 1_085_756,
    edits: [
      {
        file: 'store/dynamodb/claim-all.ts',
        find: 'Math.min(clockDeadline, runtime.monotonic() + LOOKING_MS)',
        replace: 'deadline',
      },
    ],
  },
  {
    name: 'clock-look-without-end',
    guard: 'without an end of the invocation there is always time for the look at the clock',
    // Needs a host without a Lambda context that stood still during its first claim.
    from: 4_073_433,
    edits: [
      {
        file: 'engine/claim-slice.ts',
        find: 'const clockDeadline = invocation.lateUntil',
        replace: 'const clockDeadline = inTime(invocation.lateUntil)',
      },
    ],
  },
]
