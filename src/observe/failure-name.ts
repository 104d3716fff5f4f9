/** Class name of an error in the form that records and logs may carry; never its message. */
export function failureName(error: unknown): string {
  const name = error instanceof Error ? error.name : typeof error
  return /^[A-Za-z0-9_$.]{1,64}$/.test(name) ? name : 'Error'
}
