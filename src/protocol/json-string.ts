/** The end of the string that begins at a quote, behind its closing quote; of one that never ends, the end of the text. */
export function endOfString(json: string, start: number): number {
  let end = start
  do {
    end = json.indexOf('"', end + 1)
    if (end === -1) return json.length
  } while (isEscaped(json, start, end))
  return end + 1
}

/** Whether a quote belongs to the string: an odd number of backslashes stands before it. */
function isEscaped(json: string, start: number, quote: number): boolean {
  let index = quote - 1
  while (index > start && json[index] === '\\') index--
  return (quote - index) % 2 === 0
}

/** What a string says, free of its spelling: `"\u0061"` and `"a"` are one. */
export function stringAt(json: string, start: number, end: number): string {
  const raw = json.slice(start + 1, end - 1)
  if (!raw.includes('\\')) return raw
  try {
    return String(JSON.parse(json.slice(start, end)))
  } catch {
    // No JSON after all.
    return raw
  }
}
