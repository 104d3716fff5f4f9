import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { SETTING_NAMES } from '../../infra/app/settings.ts'
import { INVARIANTS } from '../../infra/invariants/index.ts'
import { HELP } from '../../infra/local/options.ts'
import { shownErrors } from './shown-errors.ts'

const README = readFileSync(join(import.meta.dirname, '..', '..', 'infra', 'README.md'), 'utf8')

/** Blocks of the readme that follow `<!-- prints: NAME -->`. */
const blocks = new Map(
  [...README.matchAll(/<!-- prints: (.+?) -->\n+```text\n([\s\S]*?)\n```/g)].map(([, name, text]) => [
    name,
    text,
  ]),
)

describe("infra's readme", () => {
  const shown = shownErrors()

  it('shows every error that is made here, and no other', () => {
    expect([...blocks.keys()].sort()).toEqual([...Object.keys(shown), 'help'].sort())
  })

  it.each(Object.keys(shown))('shows as it prints: %s', (name) => {
    expect(blocks.get(name)).toBe(shown[name]?.trimEnd())
  })

  it('shows the help of infra:local as it prints', () => {
    expect(blocks.get('help')).toBe(HELP)
  })

  it.each(INVARIANTS.map(({ id, severity }) => [id, severity]))('lists the invariant %s', (id, severity) => {
    expect(README).toMatch(new RegExp(`\\| \`${id}\` \\| ${severity === 'throw' ? 'error' : 'advice'} \\|`))
  })

  it('lists every finding and advice that the constructs give besides', () => {
    const folder = join(import.meta.dirname, '..', '..', 'infra', 'constructs')
    const source = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'))
    const ids = source.flatMap((text) =>
      [...text.matchAll(/(?:adviceId\(|\bid: )'([a-z-]+)'/g)].map(([, id]) => id),
    )
    expect(ids).toContain('table-key')
    expect(ids).toContain('sends-to-itself')
    for (const id of ids) expect(README).toMatch(new RegExp(`\\| \`${id}\` \\| (error|advice) \\|`))
  })

  it.each(SETTING_NAMES.map((name) => [name]))('lists the setting %s', (name) => {
    expect(README).toContain(`| \`${name}\` |`)
  })
})
