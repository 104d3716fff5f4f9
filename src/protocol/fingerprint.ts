import { digest } from './digest.ts'
import { isPlain, isThenable, kindOf, NOTHING_ROUNDED, type Rounded, scalarProblem } from './identity.ts'

/** Deeper than any payload is meant to be; each level is a call of its own. */
const DEEPEST = 500

/** As many steps as are shown of where something stands. */
const LONGEST_PATH = 32

/** A payload that cannot be compared, or not exactly. Its message says where and why, and nothing of the payload. */
export class NotComparable extends TypeError {}

/**
 * SHA-256 of a selected payload, base64url; the order of an object's keys does not matter. What would make payloads equal
 * that differ is refused: a Set, a Map or any other instance does not show what is in it.
 *
 * A field that is `undefined` is one that is missing, as in JSON; `undefined` in an array, by itself, or in every field of
 * what was selected, is a mistake in the selector.
 *
 * @throws NotComparable
 */
export function fingerprintOfPayload(payload: unknown, rounded: Rounded = NOTHING_ROUNDED): string {
  const path: (string | number)[] = []
  const above: object[] = []
  return digest(write(payload))

  function write(value: unknown): string {
    if (value === null) return 'null'
    if (typeof value !== 'object') {
      const problem = scalarProblem(value, rounded)
      if (problem) throw refusal(problem)
      // JSON has one zero; the other scalars are written as it does.
      return JSON.stringify(value)
    }
    if (above.includes(value)) throw refusal('contains itself')
    if (above.length >= DEEPEST) throw refusal(`is deeper than ${DEEPEST} levels`)
    above.push(value)
    const text = Array.isArray(value) ? writeArray(value) : writeObject(value)
    above.pop()
    return text
  }

  function writeArray(values: readonly unknown[]): string {
    if (!isPlain(Object.getPrototypeOf(values))) throw refusal('is an array of a class of its own')
    // Such as the match of a regular expression: what it has beside its elements would be left out.
    if (Object.keys(values).length !== values.length)
      throw refusal('is an array with holes or with fields of its own')
    let text = '['
    for (let index = 0; index < values.length; index++) {
      path.push(index)
      if (values[index] === undefined) throw refusal('is undefined: write `?? null` where it may be missing')
      text += (index === 0 ? '' : ',') + write(values[index])
      path.pop()
    }
    return `${text}]`
  }

  function writeObject(value: object): string {
    if (isThenable(value) || !isPlain(value)) throw refusal(`is ${kindOf(value)}`)
    const names = Reflect.ownKeys(value)
    const fields: [name: string, text: string][] = []
    for (const name of names) {
      if (typeof name === 'symbol') throw refusal('has a field named by a symbol')
      path.push(name)
      const problem = scalarProblem(name, rounded)
      if (problem) throw refusal(problem)
      const inner: unknown = Reflect.get(value, name)
      if (inner !== undefined) fields.push([name, write(inner)])
      path.pop()
    }
    if (fields.length === 0 && names.length > 0 && path.length === 0)
      throw refusal('has nothing but undefined in its fields')
    fields.sort(([a], [b]) => (a < b ? -1 : 1))
    // A list of names and values instead of an object, so that an array of pairs is another payload.
    return `{"\\u0000object":[${fields.map(([name, text]) => `[${JSON.stringify(name)},${text}]`).join(',')}]}`
  }

  function refusal(problem: string): NotComparable {
    return new NotComparable(
      `what it selects ${path.length > 0 ? `at ${path.slice(0, LONGEST_PATH).map(spell).join('.')} ` : ''}${problem}`,
    )
  }
}

/** A name as code has it; one that may be data is not shown. */
function spell(step: string | number): string {
  return typeof step === 'number' || /^[A-Za-z_$][\w$]{0,63}$/.test(step) ? String(step) : '…'
}
