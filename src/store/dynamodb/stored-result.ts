import type { AttributeValue } from '@aws-sdk/client-dynamodb'

/**
 * Results longer than this are compressed, in bytes of UTF-8. A failed conditional write, and so a duplicate that
 * arrives as a first delivery, is billed by the size of the stored item: up to 1 KB it is one write unit. The other
 * attributes take about 400 bytes.
 */
const COMPRESS_ABOVE_BYTES = 512

/** A serialised result as stored: text, or deflated bytes where they are fewer. */
export function encodeResult(result: string): string | Uint8Array {
  if (Buffer.byteLength(result) <= COMPRESS_ABOVE_BYTES) return result
  const bytes = zlib().deflateRawSync(result)
  return bytes.length < Buffer.byteLength(result) ? bytes : result
}

/** The serialised result again; `undefined` for none, and for bytes that nobody can inflate: the record counts without it. */
export function decodeResult(value: AttributeValue | undefined): string | undefined {
  if (value?.B === undefined) return value?.S
  try {
    return zlib().inflateRawSync(value.B).toString()
  } catch {
    return undefined
  }
}

/** Loaded at the first large result: most functions store none. */
function zlib(): typeof import('node:zlib') {
  return process.getBuiltinModule('node:zlib')
}
