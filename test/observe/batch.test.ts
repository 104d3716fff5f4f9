import { describe, expect, it } from 'vitest'
import { ConfigError } from '../../src/errors/config-error.ts'
import { KeyMissingError } from '../../src/errors/key-missing-error.ts'
import { LeaseLostError } from '../../src/errors/lease-lost-error.ts'
import { MessageInvalidError } from '../../src/errors/message-invalid-error.ts'
import { PayloadMismatchError } from '../../src/errors/payload-mismatch-error.ts'
import { PoisonedError } from '../../src/errors/poisoned-error.ts'
import { RecordUnknownError } from '../../src/errors/record-unknown-error.ts'
import { ResultTooLargeError } from '../../src/errors/result-too-large-error.ts'
import { StoreMisconfiguredError } from '../../src/errors/store-misconfigured-error.ts'
import { observeBatch } from '../../src/observe/batch.ts'
import type { OnceEvent, Outcome } from '../../src/observe/events.ts'
import type { LogErrors } from '../../src/observe/logger.ts'
import { BY_OUTCOME, messageEvent, NOTICES } from './samples.ts'

type Line = [level: string, message: string, fields: Record<string, unknown>]

function listen(logErrors: LogErrors = 'stack') {
  const events: OnceEvent[] = []
  const lines: Line[] = []
  const observation = observeBatch('charge', {
    observe: (event) => events.push(event),
    log: (level, message, fields) => lines.push([level, message, fields]),
    logErrors,
  })
  return { events, lines, observation }
}

describe('the observation of a batch', () => {
  it('counts each event and shows it to the observer as it is', () => {
    const { events, observation } = listen()
    const event = messageEvent('completed', { origin: 'fresh', error: new Error('seen by observers') })
    observation.emit(event)
    expect(observation.counts).toMatchObject({ claimed: 1, completed: 1 })
    expect(events).toEqual([event])
    expect(events[0]).toBe(event)
  })

  it('ends with one batch event, whose counts no later event changes', () => {
    const { events, observation } = listen()
    observation.emit(messageEvent('duplicate'))
    observation.end({ messages: 1, failures: 0, durationMs: 3 })
    observation.emit(messageEvent('duplicate'))
    expect(events[1]).toEqual({
      kind: 'batch',
      namespace: 'charge',
      counts: expect.objectContaining({ duplicates: 1 }),
      messages: 1,
      failures: 0,
      durationMs: 3,
    })
  })

  it('shows and logs what settles after the answer', () => {
    const { events, lines, observation } = listen()
    observation.end({ messages: 1, failures: 1, durationMs: 3 })
    for (const notice of NOTICES) if (notice.notice === 'late-settlement') observation.emit(notice)
    expect(events).toHaveLength(2)
    expect(lines).toEqual([
      [
        'warn',
        expect.stringContaining('claim.signal'),
        {
          notice: 'late-settlement',
          namespace: 'charge',
          messageId: 'm-1',
          id: 'charge#hash',
          settled: 'success',
        },
      ],
    ])
  })

  it('mixes nothing with another batch in the same process', () => {
    const [one, other] = [listen(), listen()]
    for (const { observation } of [one, other]) for (const notice of NOTICES) observation.emit(notice)
    expect(one.lines).toEqual(other.lines)
    expect(one.lines.length).toBeGreaterThan(0)
    one.observation.emit(messageEvent('busy'))
    expect(other.observation.counts.busy).toBe(0)
  })
})

describe('the log of a batch', () => {
  it.each([
    ['failed', 'warn'],
    ['store-unavailable', 'warn'],
    ['poisoned', 'error'],
    ['mismatch', 'error'],
    ['lease-lost', 'error'],
    ['unknown-completion', 'error'],
    ['key-missing', 'error'],
    ['invalid', 'error'],
    ['unknown-record', 'error'],
  ] as const)('says %s as %s', (outcome, level) => {
    const { lines, observation } = listen()
    observation.emit(messageEvent(outcome, { id: 'charge#hash', attempt: 2 }))
    const where = { outcome, namespace: 'charge', messageId: 'm-1', id: 'charge#hash', attempt: 2 }
    // A handler that failed without an error has thrown nothing: `throw undefined`.
    const what = outcome === 'failed' ? { failure: 'undefined' } : {}
    expect(lines).toEqual([[level, expect.any(String), { ...where, ...what }]])
  })

  it.each(['completed', 'duplicate', 'busy', 'not-started', 'unsettled', 'shared'] as const)(
    'is quiet about %s',
    (outcome) => {
      const { lines, observation } = listen()
      observation.emit(messageEvent(outcome))
      expect(lines).toEqual([])
    },
  )

  it('says each kind of notice once, however often it comes; a write of one’s own not at all, nor what was said at start', () => {
    const { lines, observation } = listen()
    for (const notice of [...NOTICES, ...NOTICES]) observation.emit(notice)
    expect(lines.map(([, , fields]) => fields['notice'])).toEqual(
      NOTICES.map(({ notice }) => notice).filter(
        (notice) => !['own-write', 'given-back', 'window', 'options'].includes(notice),
      ),
    )
    expect(lines.filter(([level]) => level === 'error').map(([, , fields]) => fields['notice'])).toEqual([
      'duplicate-effect',
      'store-refused',
      'left-running',
    ])
  })

  it('says ten messages of each outcome and leaves the rest to the metrics', () => {
    const { lines, observation } = listen()
    for (let index = 0; index < 1_000; index++) {
      observation.emit(messageEvent('failed', { messageId: `m-${index}` }))
      observation.emit(messageEvent('invalid', { messageId: `m-${index}` }))
    }
    expect(lines).toHaveLength(20)
    expect(observation.counts).toMatchObject({ failed: 1_000, invalid: 1_000 })
  })

  it.each(['stack', 'message'] as const)(
    'hands on the error of the handler, whose class it names, where the option is %s',
    (logErrors) => {
      const { lines, observation } = listen(logErrors)
      const error = new TypeError('card declined')
      observation.emit(messageEvent('failed', { error }))
      observation.emit(messageEvent('poisoned', { error: 'thrown', origin: 'retry' }))
      for (const notice of NOTICES) {
        if (/late-settlement|result-dropped/.test(notice.notice)) observation.emit({ ...notice, error })
      }
      expect(lines[0]?.[2]).toEqual({
        outcome: 'failed',
        namespace: 'charge',
        messageId: 'm-1',
        failure: 'TypeError',
        error,
      })
      expect(lines.map(([, , fields]) => fields['error'])).toEqual([error, 'thrown', error, error])
      expect(lines[0]?.[2]['error']).toBe(error)
    },
  )

  it('names the class of an error and nothing else of it where the option is name', () => {
    const { lines, observation } = listen('name')
    const error = new TypeError('card 4111 1111 1111 1111', { cause: 'secret' })
    const refused = new KeyMissingError('the `key` option threw TypeError', undefined, { thrown: error })
    for (const outcome of ['failed', 'poisoned', 'unknown-completion', 'store-unavailable'] as const)
      observation.emit(messageEvent(outcome, { error, origin: 'fresh' }))
    observation.emit(messageEvent('key-missing', { error: refused }))
    for (const notice of NOTICES) observation.emit({ ...notice, error })
    expect(lines[0]?.[2]).toEqual({
      outcome: 'failed',
      namespace: 'charge',
      messageId: 'm-1',
      origin: 'fresh',
      failure: 'TypeError',
    })
    expect(lines[4]?.[2]).toMatchObject({ failure: 'KeyMissingError', detail: refused.message })
    for (const [, , fields] of lines) expect(fields).not.toHaveProperty('error')
    expect(JSON.stringify(lines)).not.toMatch(/4111|secret/)
  })

  it('gives the words of our own errors, which say what is wrong, when the handler did not run', () => {
    const { lines, observation } = listen()
    const error = new KeyMissingError('the key is an empty string')
    observation.emit(messageEvent('key-missing', { error }))
    expect(lines[0]?.[2]).toEqual({
      outcome: 'key-missing',
      namespace: 'charge',
      messageId: 'm-1',
      failure: 'KeyMissingError',
      detail: error.message,
    })
  })

  it('shows what the function of an option has thrown, and of a schema’s issues nothing', () => {
    const { lines, observation } = listen()
    const thrown = new TypeError('x is not a function')
    const issues = [{ message: 'got "4111"', path: ['card'] }]
    observation.emit(
      messageEvent('invalid', { error: new MessageInvalidError('the `envelope` option threw', { thrown }) }),
    )
    observation.emit(messageEvent('invalid', { error: new MessageInvalidError('no fit', { cause: issues }) }))
    expect(lines[0]?.[2]['error']).toBe(thrown)
    expect(lines[1]?.[2]).toEqual({
      outcome: 'invalid',
      namespace: 'charge',
      messageId: 'm-1',
      failure: 'MessageInvalidError',
      detail: 'The message is not valid: no fit. Correct the producer or the option.',
    })
  })

  it('tells kinds of trouble with the store apart', () => {
    const { lines, observation } = listen()
    const named = (name: string, message: string, more = {}) =>
      Object.assign(new Error(message), { name, ...more })
    const refused = Object.assign(new Error(''), { code: 'ECONNREFUSED', name: 'AggregateError' })
    for (const error of [
      named('ThrottlingException', 'Rate exceeded'),
      named('ProvisionedThroughputExceededException', 'more than provisioned'),
      named('TimeoutError', 'socket timed out'),
      refused,
      named('Error', 'connect ECONNREFUSED 127.0.0.1:8000', { code: 'ECONNREFUSED' }),
      named('InternalServerError', 'try again'),
      new StoreMisconfiguredError('Grant dynamodb:PutItem.'),
      // One statement of a batch.
      { Code: 'AccessDenied', Message: 'no PartiQLInsert' },
      undefined,
    ]) {
      observation.emit(messageEvent('store-unavailable', { error }))
    }
    expect(lines.map(([, , fields]) => fields['detail'])).toEqual([
      'throttled: Rate exceeded',
      'throttled: more than provisioned',
      'no answer in time: socket timed out',
      'ECONNREFUSED',
      'ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:8000',
      'InternalServerError: try again',
      'Grant dynamodb:PutItem.',
      'AccessDenied: no PartiQLInsert',
      undefined,
    ])
    for (const [, , fields] of lines) expect(fields).not.toHaveProperty('error')
  })

  it.each([
    ['though it carries one of our codes', Object.assign(new Error('card 4111'), { code: 'POISONED' })],
    ['though it is of our class', new ConfigError('card 4111')],
  ])('takes no handler’s error for our own, %s', (_name, error) => {
    const { lines, observation } = listen('name')
    observation.emit(messageEvent('failed', { error }))
    observation.emit(messageEvent('poisoned', { error, origin: 'fresh' }))
    // What the store has said is no handler's error.
    const ofStore = ['store-refused', 'retrying', 'batch-denied']
    for (const notice of NOTICES) {
      if (!ofStore.includes(notice.notice)) observation.emit({ ...notice, error })
    }
    expect(lines).toHaveLength(13)
    expect(JSON.stringify(lines)).not.toContain('4111')
  })

  it.each([
    ['mismatch', new PayloadMismatchError()],
    ['poisoned', new PoisonedError('TypeError')],
    ['lease-lost', new LeaseLostError('the record is gone')],
    ['unknown-record', new RecordUnknownError('schemaVersion 2, status "PAUSED"')],
  ] as const)(
    'says in our own words why a message was refused, without their stack: %s',
    (outcome, error) => {
      for (const logErrors of ['stack', 'name'] as const) {
        const { lines, observation } = listen(logErrors)
        observation.emit(messageEvent(outcome, { error }))
        const { name: failure, message: detail } = error
        expect(lines[0]?.[2]).toEqual({ outcome, namespace: 'charge', messageId: 'm-1', failure, detail })
      }
    },
  )

  it('says how large a result was that is dropped, and what to do', () => {
    const { lines, observation } = listen()
    const error = new ResultTooLargeError(70_000, 65_536)
    const about = { kind: 'notice', namespace: 'charge', messageId: 'm-1', id: 'charge#hash' } as const
    const sizes = { reason: 'too-large', bytes: 70_000, maxBytes: 65_536 } as const
    observation.emit({ ...about, notice: 'result-dropped', ...sizes, error })
    expect(lines[0]?.[2]).toMatchObject({ ...sizes, failure: 'ResultTooLargeError', detail: error.message })
    expect(lines[0]?.[2]).not.toHaveProperty('error')
  })

  it('shortens ids and names, and less our own sentences', () => {
    const { lines, observation } = listen()
    const long = 'é'.repeat(5_000)
    observation.emit(messageEvent('busy', { messageId: long }))
    observation.emit(messageEvent('mismatch', { messageId: long, id: long, detail: long }))
    expect(lines).toHaveLength(1)
    const { messageId, id, detail } = lines[0]?.[2] ?? {}
    expect([messageId, id]).toEqual(Array(2).fill(`${'é'.repeat(255)}…`))
    expect(detail).toBe(`${'é'.repeat(1_023)}…`)
    const error = new KeyMissingError(long)
    observation.emit(messageEvent('key-missing', { error }))
    expect(lines[1]?.[2]['detail']).toHaveLength(1_024)
  })

  it('fails nobody when an error does not let itself be looked at', () => {
    const { events, observation } = listen()
    const refuse = () => {
      throw new Error('no')
    }
    const error = Object.defineProperty(new Error('x'), 'code', { get: refuse })
    expect(() => observation.emit(messageEvent('invalid', { error }))).not.toThrow()
    expect(observation.counts.invalid).toBe(1)
    expect(events).toHaveLength(1)
  })

  it('has a sentence for every outcome and notice that it says, with a full stop', () => {
    const { lines, observation } = listen()
    // `Object.keys` forgets the names that the type of the table demands.
    for (const outcome of Object.keys(BY_OUTCOME) as Outcome[]) observation.emit(messageEvent(outcome))
    for (const notice of NOTICES) observation.emit(notice)
    expect(lines).toHaveLength(23)
    for (const [, message] of lines) expect(message).toMatch(/^[A-Z].+\.$/)
    expect(new Set(lines.map(([, message]) => message)).size).toBe(23)
  })
})
