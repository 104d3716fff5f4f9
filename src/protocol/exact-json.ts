import { isPlain, kindOf } from './identity.ts'

/** The JSON text of a value that it gives back, or the first place where it would not. */
export type ExactJson =
  | { readonly text: string }
  | {
      /** From the root, such as `lines[2].paidAt`; `''`: the value itself. Names that may be data are not shown. */
      readonly path: string
      /** What stands there, in words: `of type Date`, `NaN`. Never a value of the user's. */
      readonly type: string
    }

/** Deeper than any result is meant to be; each level is a call of its own. */
const DEEPEST = 500

/**
 * A value as JSON, if parsing the text gives a value that is deeply equal, types included. What JSON would leave out or
 * change is inexact: fields that are `undefined`, functions, symbols, NaN and the infinities, `-0`, BigInt, a Date, a Map
 * or any other instance, holes, getters, a `toJSON`. Reads every field once, calls no method, and never throws.
 */
export function exactJson(value: unknown): ExactJson {
  const path: (string | number)[] = []
  const above: object[] = []
  let type = ''
  try {
    const text = write(value)
    if (text !== undefined) return { text }
  } catch {
    type = 'a value that cannot be read'
  }
  return { path: path.map(spell).join('').replace(/^\./, ''), type }

  /** `undefined`: inexact; then `path` stays where it was found. */
  function write(value: unknown): string | undefined {
    switch (typeof value) {
      case 'string':
        return JSON.stringify(value)
      case 'boolean':
        return String(value)
      case 'number':
        if (!Number.isFinite(value)) return inexact(String(value))
        return Object.is(value, -0) ? inexact('-0') : String(value)
      case 'object':
        return value === null ? 'null' : writeObject(value)
      default:
        return inexact(kindOf(value))
    }
  }

  function writeObject(value: object): string | undefined {
    if (above.includes(value)) return inexact('an object that contains itself')
    if (above.length >= DEEPEST) return inexact(`deeper than ${DEEPEST} levels`)
    const isArray = Array.isArray(value)
    const prototype: object | null = Object.getPrototypeOf(value)
    if (prototype === null) return inexact('an object without a prototype')
    // Other realms have prototypes of their own, as under test runners.
    const plain = isArray ? Array.isArray(prototype) && isPlain(prototype) : isPlain(value)
    if (!plain) return inexact(kindOf(value))
    above.push(value)
    const text = isArray ? writeElements(value) : writeFields(value)
    above.pop()
    return text
  }

  function writeElements(values: readonly unknown[]): string | undefined {
    const { length } = values
    let text = '['
    for (let index = 0; index < length; index++) {
      const inner = writeField(values, index)
      if (inner === undefined) return undefined
      text += (index === 0 ? '' : ',') + inner
    }
    // Beside its elements an array has its length.
    return Reflect.ownKeys(values).length === length + 1
      ? `${text}]`
      : inexact('an array with fields of its own')
  }

  function writeFields(value: object): string | undefined {
    let text = '{'
    for (const name of Reflect.ownKeys(value)) {
      if (typeof name === 'symbol') return inexact('an object with a field named by a symbol')
      const inner = writeField(value, name)
      if (inner === undefined) return undefined
      text += `${text === '{' ? '' : ','}${JSON.stringify(name)}:${inner}`
    }
    return `${text}}`
  }

  function writeField(holder: object, name: string | number): string | undefined {
    path.push(name)
    const field = Object.getOwnPropertyDescriptor(holder, name)
    let text: string | undefined
    if (field === undefined) text = inexact('a hole')
    else if (!('value' in field)) text = inexact('a getter')
    else text = field.enumerable ? write(field.value) : inexact('a field that is not enumerable')
    if (text !== undefined) path.pop()
    return text
  }

  function inexact(what: string): undefined {
    type = what
    return undefined
  }
}

/** A step as code has it; a name that may be data is not shown. */
function spell(step: string | number): string {
  if (typeof step === 'number') return `[${step}]`
  return /^[A-Za-z_$][\w$]{0,63}$/.test(step) ? `.${step}` : '[…]'
}
