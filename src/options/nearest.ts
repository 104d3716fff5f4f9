/** Whether `a` becomes `b` in so many steps: insert, delete, replace or swap two neighbours. */
function within(steps: number, a: string, b: string): boolean {
  let same = 0
  while (same < a.length && a[same] === b[same]) same++
  const left = a.slice(same)
  const right = b.slice(same)
  if (left === right) return true
  if (steps === 0) return false
  const fewer = steps - 1
  return (
    within(fewer, left.slice(1), right) ||
    within(fewer, left, right.slice(1)) ||
    within(fewer, left.slice(1), right.slice(1)) ||
    (left[0] === right[1] && left[1] === right[0] && within(fewer, left.slice(2), right.slice(2)))
  )
}

/** The known name that was probably meant: at most three steps away and more alike than not. Ignores case. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const low = name.toLowerCase()
  for (let steps = 0; steps <= 3 && steps <= name.length / 2; steps++) {
    const found = known.find((candidate) => within(steps, low, candidate.toLowerCase()))
    if (found) return found
  }
  return undefined
}
