import { setTimeout as sleep } from 'node:timers/promises'
import type { DynamoDbServer } from '../servers/dynamodb.ts'
import { between, fraction } from '../servers/seeded.ts'
import type { Outage } from './evidence.ts'
import { Schedule } from './schedule.ts'
import { OUTAGE_MS } from './settings.ts'

/** Kills the store by SIGKILL and starts it again on its file, one outage at a time. */
export class StoreKiller {
  readonly outages: Outage[] = []
  readonly #seed: number
  readonly #store: Pick<DynamoDbServer, 'kill' | 'restart'>
  readonly #schedule: Schedule
  #running: Promise<void> = Promise.resolve()
  #down = false
  #failure: unknown

  constructor(seed: number, count: number, store: Pick<DynamoDbServer, 'kill' | 'restart'>) {
    this.#seed = seed
    this.#store = store
    this.#schedule = new Schedule(seed, 'outage', count)
  }

  /** How many have come due. */
  get due(): number {
    return this.#schedule.taken
  }

  /** Called over and over with the share of the messages that are done. Throws when the store did not come back. */
  tick(share: number): void {
    if (this.#failure !== undefined) throw this.#failure
    const number = this.#schedule.due(share)
    if (number === undefined || this.#down) return
    this.#schedule.take()
    this.#down = true
    this.#running = this.#outage(between(...OUTAGE_MS, fraction(this.#seed, 'length', number))).catch(
      (error: unknown) => {
        this.#failure = error
      },
    )
  }

  /** Waits until the store is up. */
  settled(): Promise<void> {
    return this.#running
  }

  async #outage(ms: number): Promise<void> {
    const from = Date.now()
    await this.#store.kill()
    await sleep(ms)
    await this.#store.restart()
    this.outages.push({ from, to: Date.now() })
    this.#down = false
  }
}
