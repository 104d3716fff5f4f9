import type { Runtime } from '../../runtime/runtime.ts'
import type { RecordStore } from '../../store/contract.ts'
import type { ManualClock } from '../manual-clock.ts'
import type { CrashPoint, CrashTestSandbox } from './types.ts'

/** What the deliveries of one run share: the store, the clock, and what has happened. */
export interface RunState {
  readonly store: RecordStore
  readonly clock: ManualClock
  readonly crash: CrashPoint | undefined
  /** The store's calls so far, by kind. */
  readonly calls: CrashPoint['operation'][]
  readonly effects: Record<string, number>
}

/** One sandbox and its death. */
export interface Sandbox extends CrashTestSandbox {
  /** Resolves when the process dies. */
  readonly crashed: Promise<'crashed'>
  /** Ends it as Lambda does: nothing of it runs on or counts any more. */
  end(): void
}

/** A sandbox that dies at the run's crash point. From then on whatever it asks never returns, and its timers are silent. */
export function startSandbox(run: RunState): Sandbox {
  const { store, clock, crash, calls, effects } = run
  const death = Promise.withResolvers<'crashed'>()
  let alive = true

  function die(): void {
    alive = false
    death.resolve('crashed')
  }

  async function through<Answer>(
    operation: CrashPoint['operation'],
    send: () => Promise<Answer>,
  ): Promise<Answer> {
    if (!alive) return never()
    calls.push(operation)
    const here = crash?.call === calls.length
    if (here && crash.when === 'before') {
      die()
      return never()
    }
    const answer = await send()
    if (here) die()
    return alive ? answer : never()
  }

  const runtime: Runtime = {
    now: clock.now,
    monotonic: clock.monotonic,
    random: clock.random,
    token: clock.token,
    after: (ms, callback) => clock.after(ms, () => alive && callback()),
    endOfTurn: (callback) => clock.endOfTurn(() => alive && callback()),
  }
  return {
    runtime,
    store: {
      claim: (requests, context) => through('claim', () => store.claim(requests, context)),
      settle: (settlements, context) => through('settle', () => store.settle(settlements, context)),
    },
    async effect(name) {
      if (!alive) return never()
      effects[name] = (effects[name] ?? 0) + 1
    },
    crashed: death.promise,
    end() {
      alive = false
    },
  }
}

function never(): Promise<never> {
  return new Promise(() => {})
}
