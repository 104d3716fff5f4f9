import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Evidence } from './evidence.ts'

/** Writes what was seen from outside the workers beside their journals, one JSON object per line. */
export function writeEvidence(folder: string, evidence: Evidence): void {
  const looks = evidence.looks.map(({ time, statuses }) => ({ time, statuses: Object.fromEntries(statuses) }))
  const { kills, faults, outages, failedInvocations, records } = evidence
  for (const [name, rows] of Object.entries({ kills, faults, outages, looks, failedInvocations, records })) {
    const text = rows.map((row) => `${JSON.stringify(row)}\n`).join('')
    writeFileSync(join(folder, `${name}.ndjson`), text)
  }
}
