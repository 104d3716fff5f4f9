/** A value for an error message: short, on one line, never the inside of an object. */
export function render(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)
  if (typeof value === 'function') return 'a function'
  if (Array.isArray(value)) return `an array of ${value.length}`
  return Object(value) === value ? 'an object' : String(value)
}
