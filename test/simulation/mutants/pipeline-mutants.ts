import type { Mutant } from './mutants.ts'

const RUN = 'engine/run-batch.ts'
const ENTRY = 'engine/run-entry.ts'
const LEASES = 'engine/keep-leases.ts'
const DECIDE = 'protocol/decide.ts'

/** Guards on a batch that claims, runs and settles beside each other, on what never started, and on who else answers. */
export const PIPELINE_MUTANTS: readonly Mutant[] = [
  {
    name: 'give-back',
    guard: 'a claim whose handler was never started is given back',
    edits: [
      {
        file: 'engine/give-back.ts',
        find: 'if (settlements.length === 0 || (batch.answered && settings.hardKill)) return',
        replace: 'if (settlements.length >= 0) return',
      },
    ],
  },
  {
    name: 'give-back-attempts',
    guard: 'what is given back counts no attempt',
    edits: [
      {
        file: 'store/dynamodb/writes.ts',
        find: 'attempts: settlement.claim.attempt - 1',
        replace: 'attempts: settlement.claim.attempt',
      },
    ],
  },
  {
    name: 'poison-at-takeover',
    guard: 'a stuck record that was claimed maxAttempts times is given up',
    edits: [
      {
        file: DECIDE,
        find: "record.attempts >= (asker.maxAttempts ?? Infinity) ? 'exhausted' : 'takeover'",
        replace: "'takeover'",
      },
    ],
  },
  {
    name: 'poison-at-takeover-in-claim-over',
    guard:
      'a stuck record that was claimed maxAttempts times is given up, in the form of one conditional write',
    edits: [{ file: 'store/dynamodb/writes.ts', find: "' AND attempts < :most'", replace: "''" }],
  },
  {
    name: 'early-response',
    guard: 'an early response of another middleware is merged too',
    edits: [
      {
        file: 'lambda/guard-response.ts',
        find: "batch.answered || Object.hasOwn(request, 'earlyResponse')",
        replace: 'batch.answered',
      },
    ],
  },
  {
    name: 'claim-answer-awaited',
    guard: 'the answer of a claim is waited for while what it grants can be given back',
    edits: [
      {
        file: 'engine/claim-slice.ts',
        find: 'inTime(clockDeadline)',
        replace: 'inTime(invocation.stopAt)',
      },
    ],
    from: 21_253,
  },
  {
    name: 'extension-after-answer',
    guard: 'where nobody knows the end no lease is extended after the answer',
    edits: [
      {
        file: LEASES,
        find: 'if (batch.answered && (open || batch.held.size === 0)) return',
        replace: 'if (batch.answered && batch.held.size === 0) return',
      },
    ],
  },
  {
    name: 'corrected-payload',
    guard: 'what failed or was given up may be sent again with another payload',
    edits: [
      {
        file: DECIDE,
        find: "const other = (status === 'IN_PROGRESS' || status === 'COMPLETED') && !expired",
        replace: 'const other = !expired',
      },
    ],
  },
  {
    name: 'endless-lease',
    guard: 'a claim without a lease is held until its window is over, not for ever',
    edits: [
      {
        file: DECIDE,
        find: "if (record.leaseUntil === undefined) return expired ? 'expired' : 'busy'",
        replace: "if (record.leaseUntil === undefined) return 'busy'",
      },
    ],
  },
  {
    name: 'extend-before-start',
    guard: 'what was claimed by a clock that turns out to be behind is extended before its handler starts',
    edits: [
      {
        file: 'engine/claim-slice.ts',
        find: 'if (set > SET_MS && held.length > 0) await extendFirst(batch, held)',
        replace: 'void extendFirst',
      },
    ],
  },
  {
    name: 'extend-when-set-forward',
    guard: 'a clock that was set forward at all was not certain to be within the clock error',
    edits: [{ file: 'engine/claim-slice.ts', find: 'const SET_MS = 100', replace: 'const SET_MS = 1_000' }],
  },
  {
    name: 'extend-leases',
    guard: 'a lease is extended while its handler runs, when nobody knows the end',
    edits: [
      {
        file: LEASES,
        find: 'if (batch.stopExtending || (hardKill && !open)) return',
        replace: 'if (batch.stopExtending || hardKill) return',
      },
    ],
  },
  {
    name: 'extend-without-kill',
    guard: 'a lease is extended past the deadline where nothing kills the handler',
    edits: [
      {
        file: LEASES,
        find: 'if (batch.stopExtending || (hardKill && !open)) return',
        replace: 'if (batch.stopExtending || !open) return',
      },
    ],
  },
  {
    name: 'extend-for-ever',
    guard: 'a handler that hangs holds its key for at most twice the time of its invocation',
    edits: [
      {
        file: LEASES,
        find: 'if (runtime.monotonic() >= until) {',
        replace: 'if (runtime.monotonic() < 0) {',
      },
    ],
  },
  {
    name: 'left-running',
    guard: 'that a handler was left running is told',
    edits: [
      {
        file: LEASES,
        find: "for (const entry of batch.held) batch.notice('left-running', entry)",
        replace: '',
      },
    ],
  },
  {
    name: 'late-success',
    guard: 'what succeeds after its deadline, where nothing kills it, is completed under its extended lease',
    edits: [{ file: ENTRY, find: 'return hardKill ? undefined : handled', replace: 'return undefined' }],
  },
  {
    name: 'late-settlers',
    guard: 'who settles between the stop and two thirds of the reserve is still settled',
    edits: [
      {
        file: 'engine/invocation.ts',
        find: 'lateUntil: endsAt - reserveMs / 3',
        replace: 'lateUntil: endsAt - reserveMs',
      },
    ],
  },
  {
    name: 'release-while-running',
    guard: 'a claim whose handler may still be running is never released',
    edits: [
      {
        file: RUN,
        find: 'batch.onStop = pump',
        replace: `batch.onStop = () => {
    for (const entry of [...batch.held])
      if (entry.soFar === 'unsettled')
        void settleEntry(batch, entry, { status: 'rejected', reason: new Error('out of time') })
    pump()
  }`,
      },
    ],
  },
  {
    name: 'breaker',
    guard: 'while a completion is unconfirmed for more than one attempt no handler starts',
    edits: [{ file: RUN, find: ' && !(batch.retrying && settling > 0)', replace: '' }],
  },
  {
    name: 'settlement-window',
    guard: 'effects that are done and not confirmed are bounded',
    edits: [
      {
        file: 'engine/settlement-window.ts',
        find: 'isOpen: (settling) => settling < most',
        replace: 'isOpen: (settling) => settling < most + 1e9',
      },
    ],
  },
  {
    name: 'turn',
    guard: 'between handlers that settle in the turn in which they started there is a turn of the event loop',
    edits: [
      { file: RUN, find: 'if (!turn) start()', replace: 'start()' },
      { file: RUN, find: 'if (runtime.monotonic() - began >= TURN_MS) break', replace: '' },
    ],
  },
  {
    name: 'claim-ahead',
    guard: 'the next slice is claimed when fewer than twice the concurrency wait',
    edits: [{ file: 'engine/pace.ts', find: 'if (waiting >= 2 * concurrency) return 0', replace: '' }],
  },
  {
    name: 'merged-answer',
    guard: 'what is not acknowledged is named in whatever answer leaves',
    edits: [
      {
        file: 'lambda/guard-response.ts',
        find: 'get: () => (leaves(value) ? merged(value) : value)',
        replace: 'get: () => (leaves(value) && merged(value) ? value : value)',
      },
    ],
  },
  {
    name: 'added-failures',
    guard: 'what a handler reports beside the outcomes is reported',
    edits: [
      {
        file: 'lambda/partial-response.ts',
        find: 'if (!all) for (const id of theirs) named.add(id)',
        replace: '',
      },
    ],
  },
  {
    name: 'results-by-record',
    guard: 'results belong to records, wherever a handler has moved them',
    edits: [
      {
        file: 'lambda/settle-results.ts',
        find: 'const record = records[index]',
        replace: 'const record = given[index]?.message.record',
      },
    ],
  },
]
