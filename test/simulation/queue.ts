import type { MessagePlan } from './messages.ts'
import type { Scenario } from './scenario.ts'
import type { World } from './world.ts'

/** A message in the queue. */
export class Message {
  readonly plan: MessagePlan
  /** True epoch ms, as the queue stamps it. */
  readonly sentAt: number
  receiveCount = 0
  /** Receivable from then on. */
  visibleAt: number
  state: 'queued' | 'deleted' | 'dead-lettered' = 'queued'
  /** Receives since faults stopped. */
  receivesInPeace = 0
  /** Whether it had a reason not to get through when it was received last. */
  wasHopeless = false

  constructor(plan: MessagePlan, now: number) {
    this.plan = plan
    this.sentAt = now
    this.visibleAt = now
  }
}

/** SQS: visibility, receive counts, duplicates, reordering, FIFO groups, dead letters. */
export class Queue {
  readonly messages: Message[] = []
  /** Messages that are still to be sent. */
  #unsent = 0
  #world: World
  #scenario: Scenario
  /** Called when something may have become receivable. */
  #ready: () => void
  /** Called when a message is moved to the dead-letter queue. */
  onDeadLetter: ((message: Message) => void) | undefined

  constructor(world: World, scenario: Scenario, ready: () => void) {
    this.#world = world
    this.#scenario = scenario
    this.#ready = ready
    for (const plan of scenario.messages) this.expect(plan.sentAfter, plan)
  }

  /** A message that is sent after `delay` ms. */
  expect(delay: number, plan: MessagePlan): void {
    this.#unsent++
    this.#world.after(delay, undefined, () => {
      this.#unsent--
      const message = new Message(plan, this.#world.time)
      if (plan.id === this.deliveredBefore) message.receiveCount = 1
      this.messages.push(message)
      if (this.#world.trace !== undefined) this.#world.say(`${plan.id} is sent`)
      this.#ready()
    })
  }

  /** When a message with this key was sent last. */
  lastSentOf(key: string): number | undefined {
    let last: number | undefined
    for (const { plan, sentAt } of this.messages) {
      if (plan.key === key) last = Math.max(last ?? 0, sentAt)
    }
    return last
  }

  get drained(): boolean {
    return this.#unsent === 0 && this.messages.every((message) => message.state !== 'queued')
  }

  /** Takes up to `count` messages: each stays invisible for the visibility timeout. */
  receive(count: number): readonly Message[] {
    const candidates = this.#scenario.fifo ? this.#inOrder() : this.#inAnyOrder()
    const taken: Message[] = []
    for (const message of candidates) {
      if (taken.length === count) break
      if (message.receiveCount >= this.#scenario.maxReceiveCount) this.#deadLetter(message)
      else taken.push(message)
    }
    for (const message of taken) {
      message.receiveCount++
      this.#hide(message)
    }
    return taken
  }

  delete(message: Message): void {
    if (message.state === 'queued') message.state = 'deleted'
  }

  /** What nobody can process is put aside, as `maxReceiveCount` would. */
  putAside(message: Message): void {
    this.#deadLetter(message)
  }

  #hide(message: Message): void {
    const { random } = this.#world
    let delay = this.#scenario.visibilityMs
    // At least once: a message may be given to a second receiver at any time.
    if (!this.#scenario.fifo && random.chance(this.duplicateRate))
      delay = random.between(0, random.pick([2_000, this.#scenario.timeoutMs]))
    message.visibleAt = this.#world.time + delay
    this.#world.after(delay, undefined, () => {
      if (message.state === 'queued') this.#ready()
    })
  }

  duplicateRate = 0
  /** A message whose earlier receive went unanswered. */
  deliveredBefore: string | undefined

  #inAnyOrder(): Message[] {
    const now = this.#world.time
    const visible = this.messages.filter(({ state, visibleAt }) => state === 'queued' && visibleAt <= now)
    return this.#world.random.shuffle(visible)
  }

  /** Each group from its head on; a group with a message in flight waits. */
  #inOrder(): Message[] {
    const now = this.#world.time
    const queued = this.messages.filter(({ state }) => state === 'queued')
    const inFlight = new Set(queued.filter(({ visibleAt }) => visibleAt > now).map(({ plan }) => plan.group))
    return queued.filter(({ plan }) => !inFlight.has(plan.group))
  }

  #deadLetter(message: Message): void {
    message.state = 'dead-lettered'
    this.#world.coverage.hit('deadLettered')
    if (this.#world.trace !== undefined) this.#world.say(`${message.plan.id} goes to the dead-letter queue`)
    this.onDeadLetter?.(message)
  }
}
