import { SUBJECTS, type Subject, type SubjectName } from '../subject.ts'

/** Loaded when asked for: a run with one subject needs nothing of the others. */
const LOADERS: Record<SubjectName, () => Promise<Subject>> = {
  oncekit: async () => (await import('./oncekit.ts')).oncekit,
  powertools: async () => (await import('./powertools.ts')).powertools,
  middy: async () => (await import('./middy.ts')).middy,
}

/** Subjects by name, all of them when none is named. */
export async function loadSubjects(names: readonly string[]): Promise<readonly Subject[]> {
  const unknown = names.find((name) => !SUBJECTS.some((known) => known === name))
  if (unknown !== undefined) {
    throw new Error(`--subject is ${JSON.stringify(unknown)}; it must be one of ${SUBJECTS.join(', ')}.`)
  }
  const wanted = SUBJECTS.filter((name) => names.length === 0 || names.includes(name))
  return await Promise.all(wanted.map((name) => LOADERS[name]()))
}
