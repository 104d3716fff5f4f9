/** Our own sentences may be longer than ids and names: what to do stands at their end. In characters. */
export const LONGEST_DETAIL = 1_024

/** A text of at most `most` characters: the end of a longer one is cut off, and shown to be. */
export function shorten(text: string, most = 256): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text
}
