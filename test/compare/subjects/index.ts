import { SUBJECTS, type Subject } from '../subject.ts'
import { middy } from './middy.ts'
import { oncekit } from './oncekit.ts'
import { powertools } from './powertools.ts'

const ALL: readonly Subject[] = [oncekit, powertools, middy]

/** Subjects by name, all of them when none is named. */
export function subjectsNamed(names: readonly string[]): readonly Subject[] {
  const unknown = names.find((name) => !SUBJECTS.some((known) => known === name))
  if (unknown !== undefined) {
    throw new Error(`--subject is ${JSON.stringify(unknown)}; it must be one of ${SUBJECTS.join(', ')}.`)
  }
  return names.length === 0 ? ALL : ALL.filter(({ name }) => names.includes(name))
}
