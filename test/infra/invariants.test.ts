import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkWiring } from '../../infra/invariants/check.ts'
import { INVARIANTS } from '../../infra/invariants/index.ts'
import { LEAST_NODE } from '../../infra/invariants/node-version.ts'
import { contradictionError } from '../../infra/invariants/report.ts'
import type { Wiring } from '../../infra/invariants/wiring.ts'
import { FIFO, FIXTURES, STANDARD } from './fixtures.ts'

describe('the invariants of a wiring', () => {
  it('have distinct ids, and a fixture each', () => {
    const ids = INVARIANTS.map((invariant) => invariant.id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(Object.keys(FIXTURES).sort()).toEqual([...ids].sort())
  })

  it('all hold for a sound standard queue and a sound FIFO queue', () => {
    expect(checkWiring(STANDARD)).toEqual([])
    expect(checkWiring(FIFO)).toEqual([])
  })

  it('are skipped when nothing is known', () => {
    expect(checkWiring({})).toEqual([])
  })

  for (const { id, page, reason, check } of INVARIANTS) {
    const fixture = FIXTURES[id]
    it(`${id} holds at its limit and not beyond it`, () => {
      expect(fixture && check(fixture.holds)).toBeUndefined()
      const breach = fixture && check(fixture.breaks)
      expect(breach?.found).toMatch(/\.$/)
      expect(breach?.fix).toMatch(/^[A-Z].*\.$/)
    })

    it(`${id} gives a reason and an AWS page`, () => {
      expect(reason).toMatch(/^[A-Z].*\.$/)
      expect(page).toMatch(/^https:\/\/docs\.aws\.amazon\.com\/\S+\.html$/)
    })

    it(`${id} is skipped when what it needs is unknown`, () => {
      if (!fixture) throw new Error(`no fixture for ${id}`)
      // Each number that tells the broken wiring from the sound one, hidden one by one.
      for (const name of differing(fixture.holds, fixture.breaks))
        if (name !== 'maxConcurrency' && name !== 'batchingWindowMs' && name !== 'deduplicationScope')
          expect(check({ ...fixture.breaks, [name]: undefined })).toBeUndefined()
    })
  }

  it('speak once about one number: below the timeout only the timeout is named', () => {
    const ids = checkWiring({ ...STANDARD, visibilityMs: 10_000 }).map((finding) => finding.id)
    expect(ids.filter((id) => id.startsWith('visibility'))).toEqual(['visibility-covers-timeout'])
  })

  it.each([
    ['nodejs22.x', true],
    ['nodejs26.x', true],
    ['nodejs', false],
    ['nodejs4.3-edge', false],
    ['nodejs20.x', false],
    ['python3.13', false],
    ['provided.al2023', true],
  ])('know of the runtime %s whether it runs the package: %s', (runtime, runs) => {
    const ids = checkWiring({ runtime }).map(({ id }) => id)
    expect(ids).toEqual(runs ? [] : ['node-version'])
  })

  it('ask for the Node.js that package.json asks for', () => {
    const { engines } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'))
    expect(engines).toEqual({ node: `>=${LEAST_NODE}` })
  })

  it('let an invocation of Managed Instances run for 90 minutes', () => {
    const long = { timeoutMs: 90 * 60_000, hardKill: false, visibilityMs: 9 * 3_600_000, maxReceiveCount: 5 }
    expect(checkWiring({ ...STANDARD, ...long })).toEqual([])
  })

  it('reckon with leases extended to twice the timeout, and one extension, where nothing is killed', () => {
    const ids = (hardKill: boolean, more: Partial<Wiring>) =>
      checkWiring({ ...STANDARD, hardKill, ...more }).map(({ id }) => id)
    // 2 × 30 s, an extension of 60 s, grace 1 s, margin 2 s.
    expect(ids(false, { visibilityMs: 122_999 })).toContain('visibility-covers-takeover')
    expect(ids(false, { visibilityMs: 123_000 })).not.toContain('visibility-covers-takeover')
    expect(ids(true, { visibilityMs: 33_000 })).not.toContain('visibility-covers-takeover')
    expect(ids(false, { visibilityMs: 122_000, maxReceiveCount: 2 })).toContain('attempts-outlast-lease')
    expect(ids(false, { visibilityMs: 123_000, maxReceiveCount: 2 })).not.toContain('attempts-outlast-lease')
    expect(ids(false, { ttlMs: 122_000 })).toContain('window-outlives-lease')
    expect(ids(false, { ttlMs: 123_000 })).not.toContain('window-outlives-lease')
    // What comes back earlier meets a handler that still runs, and waits: no contradiction.
    expect(ids(false, { visibilityMs: 31_000 })).not.toContain('visibility-covers-lease')
  })

  it('advise no visibility timeout that SQS refuses', () => {
    const wiring = { ...STANDARD, timeoutMs: 3 * 3_600_000, visibilityMs: 12 * 3_600_000 }
    expect(checkWiring(wiring)).toEqual([])
    const [advice] = checkWiring({ ...wiring, visibilityMs: 11 * 3_600_000 })
    expect(advice).toMatchObject({
      id: 'visibility-covers-retries',
      fix: 'Set visibilityTimeout to at least 12h.',
    })
    const [refused] = checkWiring({ ...wiring, visibilityMs: 3_600_000 })
    expect(refused?.fix).toBe('Set visibilityTimeout to at least 3h; 12h is advised.')
  })

  it('let a standard queue keep dead letters no longer than a FIFO queue may', () => {
    const short = { ...FIFO, deadLetter: { fifo: true, retentionMs: 86_400_000 } }
    expect(checkWiring(short)).toEqual([])
  })

  it('are reported together, in order, with fix, reason and page', () => {
    const findings = checkWiring({ ...STANDARD, visibilityMs: 10_000, ttlMs: 5000 })
    const contradictions = findings.filter((finding) => finding.severity === 'throw')
    const { name, code, message } = contradictionError('Shop/Orders', contradictions)
    expect({ name, code }).toEqual({ name: 'ConfigError', code: 'CONFIG' })
    expect(message).toContain('Shop/Orders is wired with 2 contradictions.')
    for (const { id, found, fix, reason, page } of contradictions)
      for (const part of [id, found, fix, reason, page]) expect(message).toContain(part)
  })
})

function differing(one: Wiring, other: Wiring): (keyof Wiring)[] {
  // Both are literals of this test's fixtures.
  return (Object.keys({ ...one, ...other }) as (keyof Wiring)[]).filter((name) => one[name] !== other[name])
}
