import { describe, expect, it } from 'vitest'
import { cachedStore } from '../../../src/store/cached/cached-store.ts'
import type {
  CallContext,
  ClaimOutcome,
  ClaimRequest,
  RecordStore,
  Settlement,
} from '../../../src/store/contract.ts'

const NOW = 1_800_000_000_000
const CONTEXT: CallContext = { deadline: 10_000, marginMs: 2_000, clockErrorMs: 1_000 }

/** A store that counts what reaches it and answers as told. */
function counting(answer: (request: ClaimRequest) => ClaimOutcome): RecordStore & { claims: string[][] } {
  const claims: string[][] = []
  return {
    claims,
    claim: (requests) => {
      claims.push(requests.map((request) => request.id))
      return Promise.resolve(requests.map(answer))
    },
    settle: (settlements) =>
      Promise.resolve(settlements.map(() => ({ kind: 'completed', duplicateEffect: false }))),
  }
}

const granted = (): ClaimOutcome => ({
  kind: 'claimed',
  origin: 'fresh',
  fence: NOW,
  attempt: 1,
  ownWrite: false,
})

function request(id: string, fingerprint: string | undefined = 'f'): ClaimRequest {
  return {
    id,
    owner: 'owner',
    fingerprint,
    leaseUntil: NOW + 1_000,
    expiresAt: NOW + 60_000,
    redelivered: false,
    sentAt: undefined,
    messageId: undefined,
    receiveCount: undefined,
  }
}

function completion(id: string, result?: string): Settlement {
  return {
    kind: 'complete',
    claim: { id, owner: 'owner', fence: NOW, attempt: 1, fingerprint: 'f' },
    completedAt: NOW,
    expiresAt: NOW + 60_000,
    result,
  }
}

function runtimeAt(clock: { now: number }) {
  return {
    now: () => clock.now,
    monotonic: () => 0,
    random: () => 0,
    token: () => 't',
    after: () => () => {},
    endOfTurn: (callback: () => void) => callback(),
  }
}

describe('cachedStore', () => {
  it('answers for a key completed here without asking the store', async () => {
    const inner = counting(granted)
    const store = cachedStore(inner, { runtime: runtimeAt({ now: NOW }) })
    await store.settle([completion('a')], CONTEXT)
    const [outcome] = await store.claim([request('a')], CONTEXT)
    expect(outcome?.kind).toBe('duplicate')
    expect(inner.claims).toEqual([])
  })

  it('never remembers a claim in progress', async () => {
    const inner = counting(granted)
    const store = cachedStore(inner, { runtime: runtimeAt({ now: NOW }) })
    await store.claim([request('a')], CONTEXT)
    await store.claim([request('a')], CONTEXT)
    expect(inner.claims).toEqual([['a'], ['a']])
  })

  it('asks only for what it does not know, and keeps the order of the answers', async () => {
    const inner = counting((asked) => ({ kind: 'unknown-record', detail: asked.id }))
    const store = cachedStore(inner, { runtime: runtimeAt({ now: NOW }) })
    await store.settle([completion('b')], CONTEXT)
    const outcomes = await store.claim([request('a'), request('b'), request('c')], CONTEXT)
    expect(inner.claims).toEqual([['a', 'c']])
    expect(
      outcomes.map((outcome) => (outcome.kind === 'unknown-record' ? outcome.detail : outcome.kind)),
    ).toEqual(['a', 'duplicate', 'c'])
  })

  it('forgets a key at the margin before its window ends', async () => {
    const clock = { now: NOW }
    const inner = counting(granted)
    const store = cachedStore(inner, { runtime: runtimeAt(clock) })
    await store.settle([completion('a')], CONTEXT)
    clock.now = NOW + 60_000 - CONTEXT.marginMs - 1
    expect((await store.claim([request('a')], CONTEXT))[0]?.kind).toBe('duplicate')
    clock.now = NOW + 60_000 - CONTEXT.marginMs
    expect((await store.claim([request('a')], CONTEXT))[0]?.kind).toBe('claimed')
  })

  it('leaves another payload to the store', async () => {
    const inner = counting(() => ({ kind: 'mismatch' }))
    const store = cachedStore(inner, { runtime: runtimeAt({ now: NOW }) })
    await store.settle([completion('a')], CONTEXT)
    expect((await store.claim([request('a', 'other')], CONTEXT))[0]?.kind).toBe('mismatch')
  })

  it('remembers at most so many keys, the most recently used', async () => {
    const inner = counting(granted)
    const store = cachedStore(inner, { most: 2, runtime: runtimeAt({ now: NOW }) })
    await store.settle([completion('a'), completion('b')], CONTEXT)
    await store.claim([request('a')], CONTEXT)
    await store.settle([completion('c')], CONTEXT)
    const kinds = (await store.claim([request('a'), request('b'), request('c')], CONTEXT)).map(
      ({ kind }) => kind,
    )
    expect(kinds).toEqual(['duplicate', 'claimed', 'duplicate'])
  })

  it('does not remember a completion with a stored result, nor one of another owner', async () => {
    const inner = counting(granted)
    const store = cachedStore(inner, { runtime: runtimeAt({ now: NOW }) })
    await store.settle([completion('a', '"result"')], CONTEXT)
    inner.settle = () => Promise.resolve([{ kind: 'completed', duplicateEffect: true }])
    await store.settle([completion('b')], CONTEXT)
    inner.settle = () => Promise.resolve([{ kind: 'lease-lost', detail: '' }])
    await store.settle([completion('c')], CONTEXT)
    await store.claim([request('a'), request('b'), request('c')], CONTEXT)
    expect(inner.claims).toEqual([['a', 'b', 'c']])
  })

  it('remembers what the store has called a duplicate', async () => {
    const record = {
      id: 'a',
      schemaVersion: 1,
      status: 'COMPLETED',
      owner: 'x',
      fence: 1,
      attempts: 1,
      expiresAt: NOW + 60_000,
      ttl: 0,
      fingerprint: 'f',
    } as const
    const inner = counting(() => ({ kind: 'duplicate', record }))
    const store = cachedStore(inner, { runtime: runtimeAt({ now: NOW }) })
    await store.claim([request('a')], CONTEXT)
    await store.claim([request('a')], CONTEXT)
    expect(inner.claims).toEqual([['a']])
  })

  it.each([0, -1, 1.5, NaN, 1_000_001])('refuses %s keys', (most) => {
    expect(() => cachedStore(counting(granted), { most })).toThrow(/Option "most" of cachedStore is/)
  })
})
