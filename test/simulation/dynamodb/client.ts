import { drawRequestFault, type RequestFault } from '../faults.ts'
import type { Host } from '../host.ts'
import { apply, completedIn, isBatch, isClaim, isWrite, type ServiceState, serverDate } from './operation.ts'
import { ServiceError } from './service-error.ts'

/** The SDK's number of attempts for DynamoDB. */
const SDK_ATTEMPTS = 4
/** A new one each time: what waits for a promise that never settles is kept as long as that promise is. */
const never = (): Promise<never> => new Promise(() => {})

/** An answer of the service: an output or an error. */
type Answer = { readonly output: object } | { readonly error: ServiceError }

/**
 * Stands where the SDK's client stands: `send` with the SDK's own retries, over a network with faults, to the
 * simulated table. What the host sent arrives even when the host is dead by then.
 */
export class SimulatedClient {
  #host: Host
  #state: ServiceState

  constructor(host: Host, state: ServiceState) {
    this.#host = host
    this.#state = state
  }

  send(command: unknown, options?: { readonly abortSignal?: AbortSignal }): Promise<unknown> {
    if (!this.#host.step('send')) return never()
    return new Promise((resolve, reject) => {
      const call = new Call(this.#host, this.#state, command, resolve, reject)
      const signal = options?.abortSignal
      signal?.addEventListener('abort', () => call.abort(), { once: true })
      call.attempt()
    })
  }
}

class Call {
  #host: Host
  #state: ServiceState
  #command: unknown
  #resolve: (output: object) => void
  #reject: (error: Error) => void
  #attempts = 0
  #over = false
  readonly #sentAt: number

  constructor(
    host: Host,
    state: ServiceState,
    command: unknown,
    resolve: (output: object) => void,
    reject: (error: Error) => void,
  ) {
    this.#host = host
    this.#state = state
    this.#command = command
    this.#resolve = resolve
    this.#reject = reject
    this.#sentAt = state.world.time
    host.openCalls++
  }

  abort(): void {
    if (this.#over) return
    this.#fail(new ServiceError('AbortError', 0, 'Request aborted'))
  }

  #fail(error: ServiceError): void {
    this.#end()
    this.#state.completions?.failed(this.#host, this.#command, error)
    this.#reject(error)
  }

  #end(): void {
    this.#over = true
    this.#host.openCalls--
  }

  attempt(): void {
    if (this.#over) return
    this.#attempts++
    const { world, rates } = this.#state
    const { random } = world
    const fault = this.#fault()
    const way = this.#way()
    if (fault !== 'none') this.#host.faults++
    if (world.trace !== undefined)
      world.say(`${this.#host.name} sends ${describe(this.#command)}${fault === 'none' ? '' : ` [${fault}]`}`)
    world.note(1, way)
    if (random.chance(rates.refused)) {
      this.#host.faults++
      const error = new ServiceError('ResourceNotFoundException', 400, 'Requested resource not found')
      this.#answerAfter(way, { error })
      return
    }
    if (this.#state.batchDenied === 'request' && isBatch(this.#command)) {
      world.coverage.hit('batchDenied')
      this.#answerAfter(way, { error: new ServiceError('AccessDeniedException', 400, 'not authorised') })
      return
    }
    this.#travel(fault, way)
  }

  #travel(fault: RequestFault, way: number): void {
    const { world } = this.#state
    const { random } = world
    switch (fault) {
      case 'none':
        this.#arriveAfter(way, 1000, (answer) => this.#answerAfter(this.#way(), answer), true)
        break
      case 'slow':
        this.#arriveAfter(way, 1000, (answer) => this.#answerAfter(random.between(100, 4_000), answer))
        break
      case 'reset-before':
        this.#retryAfter(way, broken())
        break
      case 'reset-after':
        this.#arriveAfter(way, 1000, () => this.#retryAfter(way, broken()))
        break
      case 'error-before':
        this.#retryAfter(way, internal())
        break
      case 'error-after':
        this.#arriveAfter(way, 1000, () => this.#retryAfter(way, internal()))
        break
      case 'partly-applied':
        if (isBatch(this.#command)) world.coverage.hit('partlyApplied')
        this.#arriveAfter(way, random.between(0, 999), () => this.#retryAfter(way, internal()))
        break
      case 'black-hole-before':
        break
      case 'black-hole-after':
        this.#arriveAfter(way, 1000, () => {})
        break
      case 'late':
        this.#arriveAfter(this.#lateness(), 1000, () => {})
        this.#retryAfter(way, broken())
        break
      case 'late-silent':
        this.#arriveAfter(this.#lateness(), 1000, () => {})
        break
      case 'throttle':
        if (isClaim(this.#command)) world.coverage.hit('throttledClaim')
        this.#retryAfter(way, new ServiceError('ThrottlingException', 400, 'Rate exceeded'))
        break
      case 'conflict':
        // Not retried by the SDK.
        world.coverage.hit('transactionConflict')
        this.#answerAfter(way, { error: conflict() })
    }
  }

  /** One way through the network, ms. */
  #way(): number {
    const [low, high] = this.#state.wayMs
    return this.#state.world.random.between(low, high)
  }

  #fault(): RequestFault {
    const state = this.#state
    const count = ++state.attempts
    if (count === state.oneFault?.at) return state.oneFault.fault
    if (state.isThrottled() && completedIn(this.#command).length > 0) return 'throttle'
    return drawRequestFault(state.rates, state.world.random)
  }

  #lateness(): number {
    const { world } = this.#state
    if (isWrite(this.#command)) world.coverage.hit('lateArrival')
    return world.random.between(300, 15_000)
  }

  /** The request reaches the table after `delay`, whatever has become of its sender. */
  #arriveAfter(delay: number, share: number, then: (answer: Answer) => void, heard = false): void {
    const state = this.#state
    state.world.after(delay, undefined, () => {
      let answer: Answer
      // Nobody listens any more where the attempt was cut meanwhile.
      this.#host.hears = heard && !this.#over && (!isBatch(this.#command) || state.statementReturnsItem)
      try {
        answer = { output: apply(this.#command, state, this.#host, isBatch(this.#command) ? share : 1000) }
      } catch (error) {
        if (!(error instanceof ServiceError)) throw error
        answer = { error }
      }
      then(answer)
    })
  }

  #answerAfter(delay: number, answer: Answer): void {
    if ('error' in answer && answer.error.$metadata.httpStatusCode > 0) {
      answer.error.$metadata.serverDate = serverDate(this.#state)
    }
    this.#host.after(delay, 'answer', () => {
      if (this.#over) return
      if (!('error' in answer) || answer.error.$metadata.httpStatusCode > 0) {
        this.#host.hear(this.#state.world.time - this.#sentAt, this.#state.clockErrorMs)
      }
      if ('error' in answer) return this.#fail(answer.error)
      this.#end()
      this.#state.completions?.answered(this.#host, this.#command, answer.output)
      this.#resolve(answer.output)
    })
  }

  /** The SDK sees a failure it may retry. */
  #retryAfter(delay: number, error: ServiceError): void {
    if (this.#attempts === SDK_ATTEMPTS) {
      this.#answerAfter(delay, { error })
      return
    }
    const backOff = this.#state.world.random.below(25 * 2 ** this.#attempts)
    this.#host.after(delay + backOff, 'retry', () => this.attempt())
  }
}

function broken(): ServiceError {
  return new ServiceError('TimeoutError', 0, 'socket hang up')
}

function conflict(): ServiceError {
  return new ServiceError('TransactionConflictException', 400, 'Transaction is ongoing for the item')
}

function internal(): ServiceError {
  return new ServiceError('InternalServerError', 500, 'Internal server error')
}

/** A command in a line of the trace. */
function describe(command: unknown): string {
  const sent = command as { readonly input: unknown; readonly constructor: { readonly name: string } } // Every SDK command.
  return `${sent.constructor.name.replace('Command', '')} ${JSON.stringify(sent.input)}`
}
