import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GOALS, judge } from './goals.ts'
import type { Results } from './results.ts'
import { median, pairRatios, percentile } from './stats.ts'
import { barChart } from './svg.ts'
import { number, table } from './table.ts'

describe('percentile', () => {
  it('interpolates between neighbours', () => {
    expect(percentile([4, 1, 3, 2], 0.5)).toBe(2.5)
    expect(percentile([1, 2, 3, 4, 5], 0.95)).toBeCloseTo(4.8)
  })

  it('lies within the sample and grows with its share', () => {
    const sample = fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1 })
    fc.assert(
      fc.property(sample, fc.double({ min: 0, max: 1, noNaN: true }), (values, share) => {
        const at = percentile(values, share)
        expect(at).toBeGreaterThanOrEqual(Math.min(...values) - 1e-6)
        expect(at).toBeLessThanOrEqual(Math.max(...values) + 1e-6)
        expect(percentile(values, 1)).toBeGreaterThanOrEqual(median(values) - 1e-6)
      }),
    )
  })
})

describe('pairRatios', () => {
  it('divides neighbours, so that a slow minute of the machine meets both', () => {
    // Absolute times double half-way; the ratio stays.
    expect(pairRatios([1, 2, 1, 2], [4, 8, 4, 8])).toEqual({ median: 0.25, min: 0.25, max: 0.25 })
  })

  it('leaves out what has no partner', () => {
    expect(pairRatios([1, 2, 100], [2, 2])).toEqual({ median: 0.75, min: 0.5, max: 1 })
  })
})

describe('goals', () => {
  const nothing: Results = {
    at: '',
    machine: { node: '', platform: '', cpus: 1, cpu: '' },
    versions: {},
    counts: [],
    cells: [],
    memory: {},
  }

  it('are not called met when nothing was measured', () => {
    expect(new Set(GOALS.map((goal) => judge(goal, nothing).verdict))).toEqual(new Set(['not measured']))
  })

  it('are missed by one request too many', () => {
    const [first] = GOALS
    if (!first) throw new Error('There are goals.')
    const counted = (requests: number): Results => ({
      ...nothing,
      counts: [
        {
          id: '10-fresh',
          size: 10,
          state: 'fresh',
          subjects: { oncekit: { requests, writeUnits: 20, readUnits: 0 } },
        },
      ],
    })
    expect(judge(first, counted(3)).verdict).toBe('met')
    expect(judge(first, counted(4)).verdict).toBe('missed')
  })
})

describe('output', () => {
  it('lines columns up under their headings', () => {
    expect(table(['a', 'bb'], [['long', '1']])).toBe('a     bb\n----  --\nlong   1')
  })

  it('prints what was not measured as a dash', () => {
    expect(number(undefined)).toBe('-')
    expect(number(NaN)).toBe('-')
  })

  it('draws the longest bar for the largest value and escapes what it writes', () => {
    const svg = barChart('a < b', 'ms', [
      {
        label: 'x',
        bars: [
          { series: 'floor', value: 2 },
          { series: 'oncekit', value: 4 },
        ],
      },
    ])
    const widths = [...svg.matchAll(/<rect x="130" y="\d+" width="([\d.]+)" height="14"/g)].map((match) =>
      Number(match[1]),
    )
    expect(widths).toEqual([250, 500])
    expect(svg).toContain('a &#60; b')
  })
})
