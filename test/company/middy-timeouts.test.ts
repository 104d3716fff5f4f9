import { inMemory, outcomes, type Row } from './outcomes.ts'
import { KINDS } from './scene.ts'
import { type MiddyOptions, underMiddy, type Where } from './under-middy.ts'

/** Short, for the tests to be short. */
const RESERVE = 300

const USUAL = 'an invocation that times out'
/** Before the reserve begins: Middy's timer is the first, 60 ms after the start. */
const EARLY = '`timeoutEarlyInMillis` above `deadlineReserveMs`'
const ANSWERS = 'the same, with a `timeoutEarlyResponse` that names all'

const CASES: Record<string, MiddyOptions> = {
  [USUAL]: {},
  [EARLY]: { timeoutEarlyInMillis: 540 },
  [ANSWERS]: {
    timeoutEarlyInMillis: 540,
    timeoutEarlyResponse: () => ({ batchItemFailures: KINDS.map((itemIdentifier) => ({ itemIdentifier })) }),
  },
}

const row = (neighbour: string, where: Where, todo: string, more: Partial<Row> = {}): Row => ({
  neighbour,
  where,
  subjects: underMiddy(where, () => [], CASES[neighbour]),
  todo,
  conditions: { hangs: true, remainingMs: 600 },
  ...more,
})
const OUT = 'leave `timeoutEarlyInMillis` out'
const WHOLE = 'a handler of the whole batch confirms at its end: use `eachMessage`'
const STOPPED = /TimeoutError: .*/
const LATE = { says: /Time ran out.*/ }

outcomes(
  'timeouts',
  [
    row(USUAL, 'after, eachMessage', 'right: the answer leaves before Middy’s timer', LATE),
    row(USUAL, 'after, whole batch', WHOLE, { says: STOPPED, repeats: ['done'] }),
    row(USUAL, 'around sqsHandler', 'right: the answer leaves before Middy’s timer', LATE),
    row(EARLY, 'after, eachMessage', OUT, { says: /Leave timeoutEarlyInMillis out.*/ }),
    row(EARLY, 'after, whole batch', WHOLE, { says: STOPPED, repeats: ['done'] }),
    row(EARLY, 'around sqsHandler', OUT, { says: STOPPED }),
    row(ANSWERS, 'after, eachMessage', `${OUT}, and that too`, { says: /eachMessage was not awaited.*/ }),
    row(ANSWERS, 'after, whole batch', WHOLE, { says: /The handler under.*/, repeats: ['done'] }),
    row(ANSWERS, 'around sqsHandler', `${OUT}, and that too`),
  ],
  () => {
    const [place, options] = inMemory()
    return [place, { ...options, deadlineReserveMs: RESERVE }]
  },
)
