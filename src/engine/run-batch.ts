import type { Batch } from './batch.ts'
import type { Claims } from './claims.ts'
import type { Entry } from './entry.ts'
import { giveBack } from './give-back.ts'
import { at } from './invocation.ts'
import { keepLeases } from './keep-leases.ts'
import { openLanes } from './lanes.ts'
import { openPace } from './pace.ts'
import { runEntry, type Work } from './run-entry.ts'
import { settleEntry } from './settle-entry.ts'
import { openSettlementWindow } from './settlement-window.ts'

/** How long handlers may start one after another before completions leave and timers fire, in ms. */
const TURN_MS = 5

/**
 * Claims, runs and settles a batch, all three beside each other, until all is settled or the reserve begins. From then on
 * nothing starts and signals abort; what settles in two thirds of the reserve is still confirmed; what never started is
 * given back; what still runs is left: reported, leased, not released. Resolves when no request of ours is under way.
 * @throws StoreMisconfiguredError, when what was under way has settled
 */
export async function runBatch(batch: Batch, claims: Claims, work: Work): Promise<void> {
  const { settings, invocation, fifo, signal } = batch
  const { runtime, concurrency } = settings
  const { promise: finished, resolve } = Promise.withResolvers<void>()
  const pace = openPace(concurrency)
  const window = openSettlementWindow()
  const ready: Entry[] = []
  let taken = 0
  let running = 0
  let settling = 0
  let turn = false
  let over = false
  let failure: { readonly error: unknown } | undefined

  batch.started = true
  const lanes = fifo
    ? openLanes(batch, (entry, goesOn) => ready.splice(goesOn ? taken : ready.length, 0, entry))
    : undefined
  if (!lanes) ready.push(...batch.held)
  batch.onStop = pump
  const cancels = [
    at(runtime, invocation.stopAt, batch.stop),
    at(runtime, invocation.lateUntil, pump),
    at(runtime, invocation.answerBy, finish),
  ]
  keepLeases(batch)
  pump()
  await finished
  if (failure) throw failure.error

  function pump(): void {
    if (over) return
    if (signal.aborted || batch.answered) wind()
    else {
      // Not from a handler that settled in the turn in which it started: the next turn starts the next.
      if (!turn) start()
      claimAhead()
      if (!running && !settling && !claims.asked && taken === ready.length) finish()
    }
  }

  function start(): void {
    const began = runtime.monotonic()
    while (taken < ready.length && mayStart()) {
      const entry = ready[taken++]
      if (!entry) break
      running++
      void run(entry)
      nextTurn()
      if (runtime.monotonic() - began >= TURN_MS) break
    }
    // What has started is not held on to.
    if (taken < 100) return
    ready.splice(0, taken)
    taken = 0
  }

  function mayStart(): boolean {
    // The place of a standard message is free as soon as its handler has settled, that of a FIFO group at its end.
    const places = fifo ? running + settling : running
    return places < concurrency && window.isOpen(settling) && !(batch.retrying && settling > 0)
  }

  /** Once more when completions have left and timers have fired: they come in the turn after the next. */
  function nextTurn(): void {
    if (turn) return
    turn = true
    runtime.endOfTurn(() =>
      runtime.endOfTurn(() => {
        turn = false
        pump()
      }),
    )
  }

  async function run(entry: Entry): Promise<void> {
    const began = runtime.monotonic()
    const handled = await runEntry(batch, entry, work)
    running--
    if (handled) {
      pace.took(runtime.monotonic() - began)
      settling++
      const settled = settleEntry(batch, entry, handled)
      pump()
      await settled
      settling--
      if (settling === 0) batch.retrying = false
      window.ended(entry.acknowledged)
    }
    pump()
  }

  function claimAhead(): void {
    for (;;) {
      if (claims.left() === 0) return
      const waiting = batch.held.size - running
      const most = pace.ahead(claims, waiting, invocation.stopAt - runtime.monotonic())
      if (most === 0) return
      void claim(most)
    }
  }

  async function claim(most: number): Promise<void> {
    try {
      await claims.claim(most, (entries) => {
        for (const entry of entries) {
          if (lanes) lanes.changed(entry)
          else ready.push(entry)
        }
        pump()
      })
    } catch (error) {
      failure ??= { error }
      batch.stop()
    }
    pump()
  }

  /** Nothing starts any more: what waits is given back, what runs or settles has its time. */
  function wind(): void {
    giveBackWaiting()
    const late = runtime.monotonic() >= invocation.lateUntil
    if (batch.answered || ((!running || late) && !settling && !claims.asked)) finish()
  }

  function giveBackWaiting(): void {
    const waiting = [...batch.held].filter((entry) => entry.soFar === 'not-started')
    for (const entry of waiting) batch.end(entry, 'not-started')
    giveBack(batch, waiting)
  }

  function finish(): void {
    if (over) return
    over = true
    giveBackWaiting()
    for (const cancel of cancels) cancel()
    resolve()
  }
}
