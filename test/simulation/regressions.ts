/**
 * Bugs that the simulation found in the shipped code, each with a seed that breaks when its fix is undone. The tests
 * run the seeds again. A change of the simulation or of the code moves what a seed means; the mutant that undoes the
 * fix is what keeps the bug from coming back, and its run prints the seed of the day.
 */
export const REGRESSIONS: readonly {
  readonly seed: number
  readonly found: string
  /** The mutant that brings the bug back. */
  readonly mutant: string
}[] = [
  {
    seed: 91,
    found:
      'a host whose clock was 17 s ahead took over with its first request, before any answer had told it the time',
    mutant: 'clock-unknown',
  },
  {
    seed: 331,
    found: 'a host whose only answer had come while it was frozen took over with a clock that was 4 s behind',
    mutant: 'clock-unsure',
  },
  {
    seed: 35,
    found: 'an answer left while a request that was just being cut was still under way',
    mutant: 'guard-after-store-deadline',
  },
  {
    seed: 620,
    found: 'a host that had stood still started a record inside the reserve',
    mutant: 'start-below-reserve',
  },
  {
    seed: 2301,
    found: 'a whole-batch handler was given a record whose own lease had run out during the claim',
    mutant: 'own-lease-at-hand-over',
  },
  {
    seed: 376,
    found: 'an invocation threw STORE_MISCONFIGURED while its other requests were still under way',
    mutant: 'requests-after-throw',
  },
  {
    seed: 37_732,
    found:
      'a message never got through while one of its key with another payload came before it in each of its batches',
    mutant: 'rival-unasked',
  },
  {
    seed: 30,
    found: 'a middleware that answered early deleted a batch of which nothing had run',
    mutant: 'early-response',
  },
  {
    seed: 21_253,
    found:
      'a claim under way when the reserve began was cut, landed, and left leases that nobody could give back',
    mutant: 'claim-answer-awaited',
  },
  {
    seed: 298,
    found: 'a host one to two seconds behind did not extend what it had just claimed',
    mutant: 'extend-when-set-forward',
  },
  {
    seed: 2452,
    found: 'a host whose first answers were all slow ran under leases that ended seconds early',
    mutant: 'clock-look-after-grant',
  },
  {
    seed: 7437,
    found: 'without a Lambda context a lease was extended after another middleware had answered',
    mutant: 'extension-after-answer',
  },
  {
    seed: 1_085_756,
    found:
      'a host seconds behind had used up a claim’s part of the time, and ran without a look at the clock',
    mutant: 'clock-look-in-claim-time',
  },
  {
    seed: 503_146,
    found:
      'what was claimed beside an item that the store refuses as misconfigured stayed leased, though nothing ran',
    mutant: 'claimed-beside-refused',
  },
  {
    seed: 4_073_433,
    found:
      'a host without a Lambda context stood still during its first claim, and ran without a look at the clock',
    mutant: 'clock-look-without-end',
  },
]
