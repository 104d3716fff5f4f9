import { failureName } from '../observe/failure-name.ts'

/** What is wrong with a message when the function of an option throws on it: its message may quote what a log must not. */
export function optionThrew(option: 'key' | 'fingerprint' | 'schema' | 'envelope', error: unknown): string {
  return `the \`${option}\` option threw ${failureName(error)}`
}
