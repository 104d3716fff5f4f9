import { describe, expect, it } from 'vitest'
import { checkWiring } from '../../infra/invariants/check.ts'
import { INVARIANTS } from '../../infra/invariants/index.ts'
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
