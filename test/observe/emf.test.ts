import { describe, expect, it } from 'vitest'
import { newCounts } from '../../src/observe/counts.ts'
import { emfLine } from '../../src/observe/emf.ts'
import type { BatchEvent } from '../../src/observe/events.ts'
import { METRICS } from '../../src/observe/metric-names.ts'

function batch(more: Partial<BatchEvent> = {}): BatchEvent {
  return {
    kind: 'batch',
    namespace: 'charge',
    counts: newCounts(),
    messages: 10,
    failures: 0,
    durationMs: 12.5,
    ...more,
  }
}

describe('a line of metrics', () => {
  it('is one object in the embedded metric format with the counts that are not zero', () => {
    const counts = { ...newCounts(), claimed: 9, completed: 8, duplicates: 1, duplicateEffects: 2 }
    const line = emfLine(batch({ counts, failures: 1 }), 1_700_000_000_000)
    expect(line).not.toContain('\n')
    expect(JSON.parse(line)).toEqual({
      _aws: {
        Timestamp: 1_700_000_000_000,
        CloudWatchMetrics: [
          {
            Namespace: 'oncekit',
            Dimensions: [['namespace']],
            Metrics: [
              { Name: 'Messages', Unit: 'Count' },
              { Name: 'Failures', Unit: 'Count' },
              { Name: 'Duration', Unit: 'Milliseconds' },
              { Name: 'Claimed', Unit: 'Count' },
              { Name: 'Completed', Unit: 'Count' },
              { Name: 'Duplicates', Unit: 'Count' },
              { Name: 'DuplicateEffects', Unit: 'Count' },
            ],
          },
        ],
      },
      namespace: 'charge',
      Messages: 10,
      Failures: 1,
      Duration: 12.5,
      Claimed: 9,
      Completed: 8,
      Duplicates: 1,
      DuplicateEffects: 2,
    })
  })

  it('names the messages even when there are none, and leaves out all other zeros', () => {
    const parsed = JSON.parse(emfLine(batch({ messages: 0, durationMs: 1 }), 0))
    expect(Object.keys(parsed)).toEqual(['_aws', 'namespace', 'Messages', 'Duration'])
  })

  it('with everything in it names every metric that infrastructure knows, and no other', () => {
    const counts = newCounts()
    // `Object.keys` forgets the names of the type.
    for (const name of Object.keys(counts) as (keyof typeof counts)[]) counts[name] = 1
    const { _aws, namespace, ...values } = JSON.parse(emfLine(batch({ counts, failures: 1 }), 0))
    expect(Object.keys(values)).toEqual(Object.values(METRICS))
    const declared = _aws.CloudWatchMetrics[0].Metrics.map((metric: { Name: string }) => metric.Name)
    expect(declared).toEqual(Object.values(METRICS))
    expect(namespace).toBe('charge')
  })
})
