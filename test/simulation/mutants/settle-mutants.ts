import type { Mutant } from './mutants.ts'

const WRITES = 'store/dynamodb/writes.ts'
const HELD = "const equals = { status: 'IN_PROGRESS', owner, fence }"

/** The condition of settlements of one kind without a part of it. */
function weaker(kind: string, condition: string) {
  const full = "{ status: 'IN_PROGRESS', owner, fence }"
  return [
    {
      file: WRITES,
      find: HELD,
      replace: `const equals = kind === '${kind}' ? ${condition} : ${full}`,
    },
  ]
}

const WITHOUT_OWNER = "{ status: 'IN_PROGRESS', fence }"
const WITHOUT_FENCE = "{ status: 'IN_PROGRESS', owner }"

/** Guards on what follows a claim. */
export const SETTLE_MUTANTS: readonly Mutant[] = [
  {
    name: 'complete-owner',
    guard: 'a completion asks for the owner',
    edits: weaker('complete', WITHOUT_OWNER),
  },
  {
    name: 'complete-fence',
    guard: 'a completion asks for the fence',
    edits: weaker('complete', WITHOUT_FENCE),
  },
  {
    name: 'complete-owner-and-fence',
    guard: 'a completion asks whose claim it is',
    edits: weaker('complete', "{ status: 'IN_PROGRESS' }"),
  },
  { name: 'release-owner', guard: 'a release asks for the owner', edits: weaker('release', WITHOUT_OWNER) },
  { name: 'release-fence', guard: 'a release asks for the fence', edits: weaker('release', WITHOUT_FENCE) },
  {
    name: 'release-owner-and-fence',
    guard: 'a release asks whose claim it is',
    edits: weaker('release', "{ status: 'IN_PROGRESS' }"),
  },
  { name: 'extend-owner', guard: 'an extension asks for the owner', edits: weaker('extend', WITHOUT_OWNER) },
  { name: 'extend-fence', guard: 'an extension asks for the fence', edits: weaker('extend', WITHOUT_FENCE) },
  {
    name: 'settle-in-progress',
    guard: 'a settlement asks that the record is still IN_PROGRESS',
    edits: [
      {
        file: WRITES,
        find: HELD,
        replace: 'const equals = { owner, fence }',
      },
    ],
  },
  {
    name: 'own-completion',
    guard: 'an own completion whose answer was lost is recognised by its owner',
    edits: [
      {
        file: 'protocol/settlement.ts',
        find: "return mine ? 'own-completion' : 'duplicate-effect'",
        replace: "return mine ? 'lease-lost' : 'duplicate-effect'",
      },
    ],
  },
  {
    name: 'completion-of-absent-record',
    guard: 'a completion whose record is gone puts one, and is success only if that lands',
    edits: [
      {
        file: 'store/dynamodb/settle.ts',
        find: 'const written = await writer.write(completedWrite(settlement), context)',
        replace: 'const written: Written = { old: undefined }\n      void completedWrite',
      },
    ],
  },
  {
    name: 'failed-condition-is-success',
    guard: 'a completion that meets another claim has lost its lease',
    edits: [
      {
        file: 'store/dynamodb/settle.ts',
        find: "case 'lease-lost':\n      return lost(met)",
        replace: "case 'lease-lost':\n      return { kind: 'completed', duplicateEffect: true }",
      },
    ],
  },
  {
    name: 'unknown-completion-is-success',
    guard: 'a completion that nobody knows of is no success',
    edits: [
      {
        file: 'store/dynamodb/settle.ts',
        find: 'settlement.result === undefined) {\n        return unknown(connection, written.failed)',
        replace: 'settlement.result === undefined) {\n        return done(settlement)',
      },
    ],
  },
  {
    name: 'give-up',
    guard: 'after maxAttempts a message is given up',
    edits: [
      {
        file: 'engine/settle-entry.ts',
        find: 'claim.attempt >= settings.maxAttempts',
        replace: 'claim.attempt > 1e9',
      },
    ],
  },
  {
    name: 'run-without-record',
    guard: 'what ran without a record is success only with a confirmed completion',
    edits: [
      {
        file: 'engine/settle-entry.ts',
        find: "batch.end(entry, 'unknown-completion', outcome?.kind === 'unavailable'",
        replace: "batch.end(entry, 'completed', outcome?.kind === 'unavailable'",
      },
    ],
  },
]
