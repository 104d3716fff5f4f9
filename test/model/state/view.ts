/**
 * A model state is a short string of bytes, one per field. A view gives the bytes of one thing (a record, a host, …)
 * names, so that rules read and write `record.status` while the search compares and stores bare bytes.
 */
export type View<Field extends string> = { [Name in Field]: number } & {
  /** Sets every field to 0. */
  erase(): void
}

export type ViewClass<Field extends string> = new (bytes: Uint8Array, base: number) => View<Field>

/** The class of views over `fields.length` consecutive bytes, in this order. */
export function viewClass<Field extends string>(fields: readonly Field[]): ViewClass<Field> {
  class ByteView {
    readonly bytes: Uint8Array
    readonly base: number
    constructor(bytes: Uint8Array, base: number) {
      this.bytes = bytes
      this.base = base
    }
    erase(): void {
      this.bytes.fill(0, this.base, this.base + fields.length)
    }
  }
  for (const [index, field] of fields.entries()) {
    Object.defineProperty(ByteView.prototype, field, {
      get(this: ByteView) {
        return this.bytes[this.base + index]
      },
      set(this: ByteView, value: number) {
        this.bytes[this.base + index] = value
      },
    })
  }
  // The accessors were added one by one above, which the type system cannot follow.
  return ByteView as unknown as ViewClass<Field>
}
