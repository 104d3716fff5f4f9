/** Class name of an error in the form that records and logs may carry; never its message. Never throws. */
export function failureName(error: unknown): string {
  try {
    const name: unknown = error instanceof Error ? error.name : error === null ? 'null' : typeof error
    if (typeof name === 'string' && /^[A-Za-z0-9_$.]{1,64}$/.test(name)) return name
  } catch {
    // A getter or a proxy of the error's own making.
  }
  return 'Error'
}
