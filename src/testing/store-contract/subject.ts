import type { IdempotencyRecord } from '../../protocol/record.ts'
import type { RecordStore } from '../../store/contract.ts'
import type { ManualClock } from '../manual-clock.ts'
import type { Scene } from './scene.ts'

/** A store with what the checks need beside it: its clock, and a way past its rules. */
export interface StoreUnderTest {
  readonly store: RecordStore
  /**
   * What the store's wall clock and deadlines go by. It must stand still during a check, for the boundaries are exact:
   * a `manualClock()` given to the store as its runtime; for a store behind a network
   * `manualClock({ now: Date.now(), timers: 'system' })`.
   */
  readonly clock: Pick<ManualClock, 'now' | 'monotonic'>
  /** Writes a record as it is, whatever is there. */
  put(record: IdempotencyRecord): void | Promise<void>
  /** Reads a record as it is, up to date. */
  get(id: string): IdempotencyRecord | undefined | Promise<IdempotencyRecord | undefined>
  /** Called after the check, whether it passed or not. */
  stop?(): void | Promise<void>
}

/** Gives each check its store. It may be the same one every time: checks use ids of their own. */
export type MakeStore = () => StoreUnderTest | Promise<StoreUnderTest>

/** One rule of the contract. */
export interface StoreCheck {
  /** The rule, as a sentence. */
  readonly name: string
  /**
   * Resolves when the store keeps the rule.
   * @throws AssertionError that says what was expected and what the store answered or wrote
   */
  readonly run: () => Promise<void>
}

/** Rules by name, before they are tied to a store. */
export type Rules = Readonly<Record<string, (scene: Scene) => Promise<void>>>
