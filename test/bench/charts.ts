import type { Results } from './results.ts'
import { SUBJECTS, type SubjectName } from './subject.ts'
import { type Bar, barChart } from './svg.ts'

/** Charts of a run, by file name. Bars show one run's own numbers side by side, never those of two runs. */
export function charts(results: Results): Map<string, string> {
  const cell = (id: string) => results.cells.find((candidate) => candidate.id === id)?.subjects
  const bars = (value: (name: SubjectName) => number | undefined): Bar[] =>
    SUBJECTS.flatMap((name) => {
      const found = value(name)
      return found === undefined ? [] : [{ series: name, value: found }]
    })
  const group = (label: string, value: (name: SubjectName) => number | undefined) => ({
    label,
    bars: bars(value),
  })
  const cpu = (label: string, id: string) => group(label, (name) => cell(id)?.[name]?.cpuPerMessageUs)
  const wall = (label: string, id: string) => group(label, (name) => cell(id)?.[name]?.wallP50Ms)
  const requests = (label: string, id: string) =>
    group(label, (name) => results.counts.find((row) => row.id === id)?.subjects[name]?.requests)
  return new Map([
    [
      'requests',
      barChart('Requests to DynamoDB per batch', '', [
        requests('10 fresh', '10-fresh'),
        requests('10 duplicates', '10-duplicates'),
        requests('10 stuck', '10-stuck'),
        requests('100 fresh', '100-fresh'),
      ]),
    ],
    [
      'cpu',
      barChart('Client CPU per message', 'µs', [
        cpu('1 fresh', '1-fresh'),
        cpu('10 fresh', '10-fresh'),
        cpu('10 duplicates', '10-duplicates'),
        cpu('10 stuck', '10-stuck'),
        cpu('100 fresh', '100-fresh'),
      ]),
    ],
    [
      'wall',
      barChart('Wall time of a batch of 10 fresh messages, p50', 'ms', [
        wall('+0 ms', '10-fresh'),
        wall('+3 ms', '10-fresh +3ms'),
        wall('+5 ms', '10-fresh +5ms'),
      ]),
    ],
    [
      'memory',
      barChart('Peak memory, one event of 10,000', 'MB', [
        group('10,000 fresh', (name) => {
          const peak = results.memory[name]?.peakBytes
          return peak === undefined ? undefined : peak / 1_000_000
        }),
      ]),
    ],
  ])
}
