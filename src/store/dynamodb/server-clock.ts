import {
  correctedError,
  correctionOf,
  isCompared,
  narrowOffset,
  type OffsetBounds,
} from '../../protocol/clock-offset.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { CallContext } from '../contract.ts'
import { tell } from './tell.ts'

/** When a request left, on both clocks of this host. */
export interface Departure {
  readonly now: number
  readonly monotonic: number
}

/** The server's time, as far as the dates of its answers tell it: this host's clock and a correction. */
export class ServerClock {
  readonly #host: Pick<Runtime, 'now' | 'monotonic'>
  #errorMs = Infinity
  #bounds: OffsetBounds | undefined
  #correction = 0
  #dated = false
  #told = false

  constructor(host: Pick<Runtime, 'now' | 'monotonic'>) {
    this.#host = host
  }

  /** Epoch ms. */
  now(): number {
    return this.#host.now() + this.#correction
  }

  /** Whether an answer came fast enough to compare the clocks. */
  get isKnown(): boolean {
    return isCompared(this.#bounds, this.#errorMs)
  }

  /** Whether answers tell the server's time, but all so slowly that the next one should be waited for. */
  get isUnsure(): boolean {
    return this.#dated && !this.isKnown
  }

  /** The strictest of those who share the store decides how exactly it goes. */
  expect(clockErrorMs: number): void {
    this.#errorMs = Math.min(this.#errorMs, correctedError(clockErrorMs))
  }

  depart(): Departure {
    return { now: this.#host.now(), monotonic: this.#host.monotonic() }
  }

  /** Learns from one answer; says once that this host's clock is further off than allowed. */
  learn(serverDate: number | undefined, sent: Departure, { clockErrorMs, notify }: CallContext): void {
    if (serverDate === undefined) return
    this.#dated = true
    const answer = {
      serverDate,
      sentAt: sent.now,
      receivedAt: this.#host.now(),
      took: this.#host.monotonic() - sent.monotonic,
    }
    this.#bounds = narrowOffset(this.#bounds, answer, this.#errorMs)
    this.#correction = correctionOf(this.#bounds, this.#errorMs)
    if (this.#told || Math.abs(this.#correction) <= clockErrorMs) return
    this.#told = true
    tell(notify, { kind: 'clock-skew', offsetMs: this.#correction })
  }
}
