import { Annotations, type IAspect } from 'aws-cdk-lib'
import type { IConstruct } from 'constructs'
import { adviceId, adviceText } from '../invariants/report.ts'
import { type AnyTable, tableFindings } from './table-facts.ts'

/** Judges an existing table once more at synth: a replica may have been added since. */
export class TableAdvice implements IAspect {
  readonly #owner: IConstruct
  readonly #table: AnyTable

  constructor(owner: IConstruct, table: AnyTable) {
    this.#owner = owner
    this.#table = table
  }

  visit(node: IConstruct): void {
    if (node !== this.#table) return
    const notes = Annotations.of(this.#owner)
    for (const finding of tableFindings(this.#table))
      if (finding.severity === 'throw') notes.addError(`${finding.id}: ${adviceText(finding)}`)
      else notes.addWarningV2(adviceId(finding.id), adviceText(finding))
  }
}
