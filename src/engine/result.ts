import type { ResultSettings } from '../options/settings.ts'

/** A result ready to be stored, or why it is not. */
export type Serialized =
  | { readonly text: string | undefined }
  | { readonly dropped: 'too-large' | 'unserialisable'; readonly bytes?: number; readonly error?: unknown }

/** Serialises a handler's result. Whatever happens, the effect is done: a result that cannot be kept is dropped. */
export function serializeResult(result: unknown, settings: ResultSettings): Serialized {
  if (result === undefined) return { text: undefined }
  try {
    // `JSON.stringify` returns undefined for a function or a symbol, whatever its type says.
    const text: string | undefined = settings.serialize(result)
    if (typeof text !== 'string') return { dropped: 'unserialisable' }
    const bytes = Buffer.byteLength(text)
    return bytes > settings.maxBytes ? { dropped: 'too-large', bytes } : { text }
  } catch (error) {
    return { dropped: 'unserialisable', error }
  }
}
