import { randomBytes } from 'node:crypto'
import { expect } from 'vitest'
import type { IdempotencyRecord } from '../../../src/protocol/record.ts'
import type {
  CallContext,
  ClaimOutcome,
  ClaimRequest,
  HeldClaim,
  RecordStore,
  SettleOutcome,
} from '../../../src/store/contract.ts'
import type { ManualClock } from '../../../src/testing/index.ts'
import { type Command, toRequest, toSettlement } from './commands.ts'
import { claimStep, MARGIN, MAX_ATTEMPTS, type Model, type Step, settleStep } from './model.ts'

export interface Subject {
  readonly store: RecordStore
  readonly clock: ManualClock
  get(id: string): IdempotencyRecord | undefined | Promise<IdempotencyRecord | undefined>
  delete(id: string): unknown
}

/** One command that ran: what it would be as a step, and what the store said. */
interface Ran {
  readonly id: string
  readonly step: (was: Model | undefined) => Step
  readonly said: string
  readonly what: string
}

/**
 * Runs the rounds; after each, the answers and the records must be those of some order of its commands.
 * @returns what was said, for counting
 */
export async function runAgainstModel(
  { store, clock, ...past }: Subject,
  rounds: readonly { readonly pass: number; readonly commands: readonly Command[] }[],
): Promise<string[]> {
  const ids = [0, 1].map(() => `model#${token()}`)
  const asked: ClaimRequest[] = []
  const held: HeldClaim[] = []
  const said: string[] = []
  const states = new Map<string, Model | undefined>()
  for (const { pass, commands } of rounds) {
    clock.set(clock.now() + pass)
    const now = clock.now()
    const all = await Promise.all(commands.map((command) => run(command, now)))
    const ran = all.filter((one) => one !== undefined)
    said.push(...ran.map((one) => one.said))
    for (const id of ids) {
      const found = toModel(await past.get(id))
      explain(
        states.get(id),
        ran.filter((one) => one.id === id),
        found,
      )
      states.set(id, found)
    }
  }
  return said

  async function run(command: Command, now: number): Promise<Ran | undefined> {
    const what = JSON.stringify(command)
    if (command.kind === 'delete') {
      const id = ids[command.key] ?? ''
      await past.delete(id)
      return { id, what, said: 'deleted', step: () => [undefined, 'deleted'] }
    }
    if (command.kind === 'claim') {
      const former = command.again ? asked[command.of % (asked.length || 1)] : undefined
      const request = former ?? toRequest(command, ids[command.key] ?? '', token(), now)
      const filler = { ...request, id: `model#${token()}`, owner: token() }
      asked.push(request)
      const outcomes = await store.claim(command.beside ? [filler, request] : [request], context())
      const outcome = outcomes.at(-1)
      if (outcome?.kind === 'claimed') {
        const { fence, attempt } = outcome
        held.push({ id: request.id, owner: request.owner, fence, attempt, fingerprint: request.fingerprint })
      }
      return { id: request.id, what, said: claimText(outcome), step: (was) => claimStep(was, request, now) }
    }
    const claim = held[command.of % (held.length || 1)]
    if (claim === undefined) return undefined
    const settlement = toSettlement(command, claim, now)
    const [outcome] = await store.settle([settlement], context())
    return { id: claim.id, what, said: settleText(outcome), step: (was) => settleStep(was, settlement) }
  }

  function context(): CallContext {
    const clockErrorMs = Number.MAX_SAFE_INTEGER
    return { deadline: clock.monotonic() + 30_000, marginMs: MARGIN, clockErrorMs, maxAttempts: MAX_ATTEMPTS }
  }
}

/** Some order of what ran must give each its answer and leave what was found. */
function explain(was: Model | undefined, ran: readonly Ran[], found: Model | undefined): void {
  if (orders(was, ran, text(found), ran.length)) return
  const answers = ran.map((one) => `${one.what}: ${one.said}`).join('\n')
  expect.unreachable(`no order explains this.\nbefore ${text(was)}\n${answers}\nafter ${text(found)}`)
}

function orders(was: Model | undefined, left: readonly Ran[], found: string, total: number): boolean {
  if (left.length === 0) return text(was) === found
  return left.some((one) => {
    const rest = left.filter((other) => other !== one)
    // A claim that lost its race twice gives up without having changed anything; alone it cannot lose one.
    if (one.said === 'race') return total > 1 && orders(was, rest, found, total)
    const [after, said] = one.step(was)
    return said === one.said && orders(after, rest, found, total)
  })
}

function claimText(outcome: ClaimOutcome | undefined): string {
  switch (outcome?.kind) {
    case 'claimed':
      return `claimed ${outcome.ownWrite ? 'own' : outcome.origin} ${outcome.fence} ${outcome.attempt}`
    case 'duplicate':
      return `duplicate ${outcome.record.result}`
    case 'busy':
      return outcome.reason === 'race' ? 'race' : `busy ${outcome.leaseUntil}`
    default:
      return outcome?.kind ?? 'nothing'
  }
}

function settleText(outcome: SettleOutcome | undefined): string {
  if (outcome?.kind !== 'completed') return outcome?.kind ?? 'nothing'
  return outcome.duplicateEffect ? 'completed twice' : 'completed once'
}

function toModel(record: IdempotencyRecord | undefined): Model | undefined {
  if (record === undefined) return undefined
  const { owner, fence, attempts, result, poisonedAt } = record
  return {
    // Nothing else is ever written here.
    status: record.status as Model['status'],
    ...{ owner, fence, attempts, result, poisonedAt },
    ...{ lease: record.leaseUntil, end: record.expiresAt, payload: record.fingerprint },
  }
}

/** What counts of a state. When it was poisoned counts only while it is. */
function text(state: Model | undefined): string {
  if (state === undefined) return 'none'
  const { status, owner, fence, attempts, lease, end, payload, result } = state
  const poisonedAt = status === 'POISONED' ? state.poisonedAt : undefined
  return JSON.stringify([status, owner, fence, attempts, lease, end, payload, result, poisonedAt])
}

function token(): string {
  return randomBytes(16).toString('base64url')
}
