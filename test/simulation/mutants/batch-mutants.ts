import type { Mutant } from './mutants.ts'

const BATCH = 'engine/batch.ts'
const RUN = 'engine/run-batch.ts'
const CLAIM = 'engine/claim-batch.ts'
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
    name: 'coalescing',
    guard: 'of the records of one key in a batch one runs',
    edits: [
      {
        file: 'engine/coalesce.ts',
        find: 'const leader = leaderOf.get(entry.id)',
        replace: 'const leader = undefined as Entry | undefined',
      },
    ],
  },
  {
    name: 'coalescing-payload',
    guard: 'records of one key with another payload do not share an outcome',
    edits: [
      {
        file: 'engine/coalesce.ts',
        find: 'leader.fingerprint !== entry.fingerprint',
        replace: 'leader === entry',
      },
    ],
  },
  {
    name: 'rival-unasked',
    guard: 'a record whose key is refused for the payload of another in the batch is asked for itself',
    edits: [
      {
        file: CLAIM,
        find: "leader.outcome === 'mismatch' && leader.lane !== entry.lane",
        replace: 'false',
      },
    ],
    from: 6_541_242,
  },
  {
    name: 'fifo-stop',
    guard: 'the first record of a group that is not acknowledged stops the group',
    edits: [{ file: RUN, find: 'if (!(entry.leader ?? entry).acknowledged) break', replace: '' }],
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
    name: 'identifiers-once',
    guard: 'identifiers in the answer are unique',
    edits: [
      {
        file: BATCH,
        find: 'return [...failures]',
        replace: 'return batch.entries.map((entry) => entry.messageId).filter((id) => failures.has(id))',
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
        find: 'const timeout = Math.min(deadline - started, CALL_TIMEOUT_MS)',
        replace: 'const timeout = 1e9 + CALL_TIMEOUT_MS',
      },
    ],
  },
  {
    name: 'start-below-reserve',
    guard: 'below the reserve no record starts',
    edits: [{ file: RUN, find: 'if (now >= invocation.stopAt) return undefined', replace: '' }],
  },
  {
    name: 'guard-after-store-deadline',
    guard: 'no answer leaves while a request is under way',
    edits: [
      {
        file: 'engine/invocation.ts',
        find: 'answerBy: endsAt - answerMs / 2',
        replace: 'answerBy: endsAt - answerMs',
      },
    ],
  },
  {
    name: 'own-lease-at-hand-over',
    guard: 'a handler of the whole batch is not given what lost its own lease during the claim',
    edits: [{ file: CLAIM, find: 'now >= entry.leaseEndsAt', replace: 'now < 0' }],
  },
  {
    name: 'hand-over-below-reserve',
    guard: 'a handler of the whole batch is not called below the reserve',
    edits: [{ file: CLAIM, find: 'now >= batch.invocation.stopAt', replace: 'now < 0' }],
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
    name: 'extension-at-answer',
    guard: 'no answer leaves while an extension is under way',
    edits: [{ file: 'engine/batch.ts', find: '      await extended\n', replace: '' }],
  },
  {
    name: 'own-lease',
    guard: 'no handler starts after its own lease',
    edits: [
      {
        file: RUN,
        find: 'if (now >= entry.leaseEndsAt) {',
        replace: 'if (now < 0) {',
      },
    ],
  },
]
