/**
 * Seeds that found bugs in the shipped code, each with what it found. They are run again by the tests. A change of the
 * simulation moves what a seed means; then the sentence stays as history, and the mutant that undoes the fix is what
 * keeps the bug from coming back.
 */
export const REGRESSIONS: readonly {
  readonly seed: number
  readonly found: string
  /** The mutant that brings the bug back. */
  readonly mutant: string
}[] = [
  {
    seed: 150,
    found:
      'a host whose clock was 17 s ahead took over with its first request, before any answer had told it the time',
    mutant: 'clock-unknown',
  },
  {
    seed: 5570,
    found: 'an answer left while a request that was just being cut was still under way',
    mutant: 'guard-after-store-deadline',
  },
  {
    seed: 19646,
    found: 'a host that had stood still started a record inside the reserve',
    mutant: 'start-below-reserve',
  },
  {
    seed: 1001622,
    found: 'a whole-batch handler was given a record whose own lease had run out during the claim',
    mutant: 'own-lease-at-hand-over',
  },
  {
    seed: 2002833,
    found: 'an invocation threw STORE_MISCONFIGURED while its other requests were still under way',
    mutant: 'requests-after-throw',
  },
]
