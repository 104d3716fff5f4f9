/** The values that fields of a state take. */

/** Record status. FOREIGN: written by another version, or with a status that this version does not know. */
export const ABSENT = 0
export const IN_PROGRESS = 1
export const COMPLETED = 2
export const FAILED = 3
export const POISONED = 4
export const FOREIGN = 5
export const STATUS_NAMES = ['absent', 'IN_PROGRESS', 'COMPLETED', 'FAILED', 'POISONED', 'FOREIGN'] as const

/** Where a message is. */
export const UNSENT = 0
export const VISIBLE = 1
export const IN_FLIGHT = 2
export const DELETED = 3
export const DEAD = 4
export const MESSAGE_NAMES = ['unsent', 'visible', 'in flight', 'deleted', 'dead-lettered'] as const

/** Where an execution stands. */
export const EMPTY = 0
/** Nothing sent yet. */
export const START = 1
/** It has seen a record that may be claimed (or none), or must be given up, and will compare-and-set (or insert). */
export const DECIDED = 2
/** The claim is known to be its own; the handler has not started. */
export const HELD = 3
/** The handler will never start; whether the claim has been given back is not known. */
export const GIVING = 4
export const RUNNING = 5
/** The handler will never settle. */
export const HUNG = 6
/** The effect is made (transactional mode: handed over), the completion is not confirmed. */
export const MADE = 7
/** The handler has settled with an error. */
export const ERRED = 8
/** The completion met no record: put one if absent. */
export const PUTTING = 9
/** Acknowledged. */
export const OK = 10
/** To be reported. */
export const REPORTED = 11
export const PC_NAMES = [
  'empty',
  'start',
  'decided',
  'held',
  'giving back',
  'running',
  'hung',
  'made',
  'erred',
  'putting',
  'ok',
  'reported',
] as const

/** Requests that may arrive late. */
export const NO_REQUEST = 0
export const INSERT = 1
export const TAKE_OVER = 2
export const CLAIM_OVER = 3
export const COMPLETE = 4
export const RELEASE = 5
export const EXTEND = 6
export const PUT_COMPLETED = 7
export const GIVE_BACK = 8
/** Gives up a stuck record that has had all its attempts. */
export const GIVE_UP = 9
export const REQUEST_NAMES = [
  '',
  'insert',
  'compare-and-set claim',
  'whole-condition claim',
  'complete',
  'release',
  'extend',
  'put if absent',
  'give back',
  'compare-and-set poison',
] as const

export const ALIVE = 1
export const PROOF_COMPLETED = 1
export const PROOF_EFFECT = 2
