import { globSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import * as index from '../../src/index.ts'
import { observeBatch } from '../../src/observe/batch.ts'
import type { NoticeEvent, Outcome } from '../../src/observe/events.ts'
import { OPTION_RULES, RESULT_RULES } from '../../src/options/rules.ts'
import { BY_NOTICE, BY_OUTCOME, messageEvent, NOTICES } from '../observe/samples.ts'
import { callSites } from './call-sites.ts'
import { ERRORS, SENTENCES } from './samples.ts'

const SITES = callSites()
const CLASSES = globSync('*-error.ts', { cwd: fileURLToPath(new URL('../../src/errors', import.meta.url)) })

/** What the log says of each outcome and notice; `undefined`: it stays quiet. */
function lines(): [name: string, said: string | undefined][] {
  // `Object.keys` forgets the names that the types of the tables demand.
  const outcomes = Object.keys(BY_OUTCOME) as Outcome[]
  const notices = Object.keys(BY_NOTICE) as NoticeEvent['notice'][]
  let said: string | undefined
  const observation = observeBatch('charge', {
    observe() {},
    log: (level, message) => {
      said = `${level}: ${message}`
    },
    logErrors: 'stack',
  })
  const events = [
    ...outcomes.map((outcome) => messageEvent(outcome)),
    ...notices.map((notice) => NOTICES.find((one) => one.notice === notice)),
  ]
  return [...outcomes, ...notices].map((name, position) => {
    said = undefined
    const event = events[position]
    if (event) observation.emit(event)
    return [name, said]
  })
}

describe('every message of the package', () => {
  it('stands in one snapshot: a change is read, a new one cannot be missed', async () => {
    const text = [
      '# Errors, each class with something that it is given',
      ...ERRORS.map((error) => `${error.name}: ${error.message}`),
      '',
      '# Sentences',
      ...SENTENCES,
      '',
      '# Log: what it says of each outcome and notice',
      ...lines().map(([name, said = '(quiet)']) => `${name} | ${said}`),
      '',
      '# Source: every place where an error is made, a problem is noted or a line is written',
      ...SITES.map(({ file, text: call }) => `${file} | ${call}`),
      '',
    ].join('\n')
    await expect(text).toMatchFileSnapshot('./every-message.txt')
  })

  it('is found: each class of errors has a sample, and the sites are many', () => {
    const sampled = new Set(ERRORS.map(({ name }) => name.replace(/(?<=.)[A-Z]/g, '-$&').toLowerCase()))
    const abstract = ['oncekit-error.ts', 'is-oncekit-error.ts']
    const missing = CLASSES.filter((file) => !abstract.includes(file) && !sampled.has(file.slice(0, -3)))
    expect(missing).toEqual([])
    expect(SITES.length).toBeGreaterThan(60)
  })

  it('is of whole sentences', () => {
    for (const { message } of ERRORS) expect(message).toMatch(/\.$/)
    for (const sentence of SENTENCES) expect(sentence).toMatch(/^[A-Z].*\.$/)
    for (const [, said = 'warn: Quiet.'] of lines()) expect(said).toMatch(/^(warn|error): [A-Z].*\.$/)
  })

  it('names only what exists', () => {
    const known = new Set([
      ...Object.keys(OPTION_RULES),
      ...Object.keys(RESULT_RULES).map((name) => `storeResult.${name}`),
      ...Object.keys(index),
      // Of Lambda, of the table, of JavaScript.
      ...['id', '?? null', 'body', 'client'],
    ])
    const texts = [...ERRORS.map(({ message }) => message), ...SITES.map(({ text }) => text)]
    const named = texts.flatMap((text) => Array.from(text.matchAll(/\\?`([\w.]+)\\?`/g), ([, name]) => name))
    expect(named.length).toBeGreaterThan(5)
    expect(named.filter((name) => name !== undefined && !known.has(name))).toEqual([])
    for (const text of [...texts, ...lines().map(([, said = '']) => said)])
      expect(text).not.toMatch(/[Rr]eset|purge|triage|redrive/)
  })
})
