/** Whether `a` becomes `b` by putting in and leaving out so many letters at most. */
function within(steps: number, a: string, b: string): boolean {
  if (a === b) return true
  if (a[0] === b[0]) return within(steps, a.slice(1), b.slice(1))
  return steps > 0 && (within(steps - 1, a.slice(1), b) || within(steps - 1, a, b.slice(1)))
}

/**
 * The known name that was probably meant: at most four letters put in or left out, so two exchanged, and no more than
 * two thirds of the name. Ignores case.
 */
export function nearest(name: string, known: readonly string[]): string | undefined {
  for (let steps = 0; steps <= 4 && steps <= (name.length * 2) / 3; steps++) {
    const found = known.find((one) => within(steps, name.toLowerCase(), one.toLowerCase()))
    if (found) return found
  }
  return undefined
}
