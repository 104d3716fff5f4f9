import type { Mutant } from './mutants.ts'

const BATCH = 'engine/batch.ts'
const LIMIT = 'const limit = Math.min(left, ATTEMPT_MS, Math.max(left / 3, SHORTEST_ATTEMPT_MS))'
const RUN = 'engine/run-batch.ts'
const ENTRY = 'engine/run-entry.ts'
const HAND_OVER = 'engine/hand-over.ts'
const ACKNOWLEDGED = "outcome === 'completed' || outcome === 'duplicate'"

/** An outcome that acknowledges although it must not. */
function acknowledging(outcome: string) {
  return [{ file: BATCH, find: ACKNOWLEDGED, replace: `${ACKNOWLEDGED} || outcome === '${outcome}'` }]
}

/** Guards on a batch and its answer. */
export const BATCH_MUTANTS: readonly Mutant[] = [
  { name: 'busy-fails', guard: 'a busy record is reported', edits: acknowledging('busy') },
  { name: 'lost-lease-fails', guard: 'a lost lease is reported', edits: acknowledging('lease-lost') },
  {
    name: 'unknown-completion-fails',
    guard: 'an unknown completion is reported',
    edits: acknowledging('unknown-completion'),
  },
  { name: 'mismatch-fails', guard: 'a mismatch is reported', edits: acknowledging('mismatch') },
  { name: 'poisoned-fails', guard: 'a given-up message is reported', edits: acknowledging('poisoned') },
  { name: 'failed-fails', guard: 'a failed handler is reported', edits: acknowledging('failed') },
  {
    name: 'unavailable-fails',
    guard: 'an unavailable store is reported',
    edits: acknowledging('store-unavailable'),
  },
  {
    name: 'unsettled-fails',
    guard: 'a handler that still runs is reported',
    edits: acknowledging('unsettled'),
  },
  {
    name: 'not-started-fails',
    guard: 'a message that was not started is reported',
    edits: acknowledging('not-started'),
  },
  {
    name: 'unknown-record-fails',
    guard: 'a record that cannot be read is reported',
    edits: acknowledging('unknown-record'),
  },
  {
    name: 'fifo-answer',
    guard: 'nothing of a group is acknowledged after a record that is not',
    edits: [
      {
        file: BATCH,
        find: 'entry.acknowledged && !held.has(entry.lane)',
        replace: 'entry.acknowledged',
      },
    ],
  },
  {
    name: 'identifiers-untouched',
    guard: 'identifiers are those of the event, whatever a handler does to its input',
    edits: [
      {
        file: BATCH,
        find: 'failures.add(entry.messageId)',
        replace: 'failures.add(entry.message.record.messageId)',
      },
    ],
  },
  {
    name: 'deadline',
    guard: 'the batch is answered before the deadline, whatever still runs',
    edits: [
      {
        file: RUN,
        find: 'at(runtime, invocation.stopAt, batch.stop)',
        replace: 'at(runtime, Infinity, batch.stop)',
      },
    ],
  },
  {
    name: 'store-deadline',
    guard: 'every call of the store has a deadline',
    edits: [
      {
        file: 'store/dynamodb/connection.ts',
        find: LIMIT,
        replace: 'const limit = 1e9 + Math.max(ATTEMPT_MS, SHORTEST_ATTEMPT_MS)',
      },
    ],
  },
  {
    name: 'requests-after-throw',
    guard: 'an invocation that throws leaves no request under way',
    edits: [
      {
        file: 'store/dynamodb/claim-all.ts',
        find: 'const results = await Promise.allSettled(requests.map(claim))',
        replace:
          "const values = await Promise.all(requests.map(claim))\n  const results: PromiseSettledResult<ClaimOutcome>[] = values.map((value) => ({ status: 'fulfilled', value }))",
      },
    ],
  },
  {
    name: 'claimed-beside-refused',
    guard: 'what was claimed beside what the store refuses is given back',
    edits: [
      {
        file: 'store/dynamodb/claim-all.ts',
        find: "else if (!outcomes.some(({ kind }) => kind === 'claimed')) throw refused.reason",
        replace: 'else throw refused.reason',
      },
    ],
    // Needs a refusal of one item alone, beside one whose claim had landed and lost its answer.
    from: 503_146,
  },
  {
    name: 'coalescing',
    guard: 'of the records of one key in a batch one runs',
    edits: [
      {
        file: 'engine/coalesce.ts',
        find: 'const lead = leads.get(entry.id)',
        replace: 'const lead = undefined as (Lead & { rivals: Entry[] }) | undefined',
      },
      {
        file: 'engine/coalesce.ts',
        find: 'leads.set(entry.id,',
        replace: 'leads.set(entry.id + String(leads.size),',
      },
    ],
  },
  {
    name: 'coalescing-payload',
    guard: 'records of one key with another payload do not share an outcome',
    edits: [
      {
        file: 'engine/coalesce.ts',
        find: 'lead.entry.fingerprint === entry.fingerprint',
        replace: 'lead.entry',
      },
    ],
  },
  {
    name: 'rival-unasked',
    guard: 'a record whose key is refused for the payload of another in the batch is asked for itself',
    edits: [
      {
        file: 'engine/rivals.ts',
        find: 'lead.asked < ASKS_PER_KEY ? eligible(lead.entry, rivals, outcome) : []',
        replace: '[] as readonly Entry[]',
      },
    ],
    from: 37_732,
  },
  {
    name: 'fifo-stop',
    guard: 'the first record of a group that is not acknowledged stops the group',
    edits: [{ file: 'engine/lanes.ts', find: 'if (!lead.acknowledged) stop(lane)', replace: '' }],
  },
  {
    name: 'identifiers-once',
    guard: 'identifiers in the answer are unique',
    edits: [
      {
        file: BATCH,
        find: 'await quiet\n      return [...failures]',
        replace:
          'await quiet\n      return batch.entries.map((entry) => entry.messageId).filter((id) => failures.has(id))',
      },
    ],
  },
  {
    name: 'attempt-limit',
    guard: 'an attempt is cut while there is time to ask again',
    edits: [
      {
        file: 'store/dynamodb/connection.ts',
        find: LIMIT,
        replace: 'const limit = Math.max(left, 0 * (ATTEMPT_MS + SHORTEST_ATTEMPT_MS))',
      },
    ],
  },
  {
    name: 'retrying-told',
    guard: 'that a completion was not confirmed by its first attempt is told',
    edits: [
      {
        file: 'store/dynamodb/group-writer.ts',
        find: 'if (this.#options.tells) {',
        replace: 'if (this.#options.tells && again.length > 1e9) {',
      },
    ],
  },
  {
    name: 'tried-until-deadline',
    guard: 'what passes by itself is tried until the deadline, not a few times',
    edits: [
      {
        file: 'store/dynamodb/attempts.ts',
        find: 'tries < UNKNOWN_TRIES || isPassing(failure)',
        replace: 'tries < UNKNOWN_TRIES && (isPassing(failure) || true)',
      },
    ],
  },
  {
    name: 'start-below-reserve',
    guard: 'below the reserve no record starts',
    edits: [
      {
        file: ENTRY,
        find: 'if (now >= invocation.stopAt || batch.signal.aborted) {',
        replace: 'if (now < 0) {',
      },
    ],
  },
  {
    name: 'own-lease',
    guard: 'no handler starts after its own lease',
    edits: [{ file: ENTRY, find: 'if (now >= entry.leaseEndsAt) {', replace: 'if (now < 0) {' }],
  },
  {
    name: 'guard-after-store-deadline',
    guard: 'no answer leaves while a request is under way',
    edits: [
      {
        file: 'engine/invocation.ts',
        find: 'answerBy: endsAt - Math.min(150, reserveMs / 10)',
        replace: 'answerBy: endsAt - Math.min(300, reserveMs / 5)',
      },
    ],
  },
  {
    name: 'own-lease-at-hand-over',
    guard: 'a handler of the whole batch is not given what lost its own lease during the claim',
    edits: [
      { file: HAND_OVER, find: 'else if (now >= entry.leaseEndsAt) {', replace: 'else if (now < 0) {' },
    ],
  },
  {
    name: 'hand-over-below-reserve',
    guard: 'a handler of the whole batch is not called below the reserve',
    edits: [
      {
        file: HAND_OVER,
        find: 'const late = now >= invocation.stopAt',
        replace: 'const late = false',
      },
    ],
  },
  {
    name: 'extension-at-answer',
    guard: 'no answer leaves while an extension is under way',
    edits: [{ file: BATCH, find: 'Promise.all([batch.stopExtending?.(), ', replace: 'Promise.all([' }],
  },
  {
    name: 'requests-at-answer',
    guard: 'no answer leaves while claims are being given back',
    edits: [
      {
        file: BATCH,
        find: 'Promise.all([batch.stopExtending?.(), ...requests])',
        replace: 'batch.stopExtending?.()',
      },
    ],
  },
]
