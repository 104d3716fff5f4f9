import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url))

function model(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8' })
  return { status, stdout, stderr }
}

describe('the command', () => {
  it('succeeds when every invariant holds, and says what it explored', () => {
    const { status, stdout } = model('--config', 'managed poison', '--config', 'foreign')
    expect(status).toBe(0)
    expect(stdout).toMatch(/2 configurations, [\d,]+ distinct states, [\d,]+ transitions/)
    expect(stdout).toContain('every invariant holds')
  })

  it('prints the results as JSON', () => {
    const { status, stdout } = model('--config', 'foreign', '--json')
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject([{ configuration: 'foreign', complete: true, missing: [] }])
  })

  it('succeeds for a mutant that is caught, with the way to its failure', () => {
    const { status, stdout } = model('--mutant', 'lease')
    expect(status).toBe(0)
    expect(stdout).toContain('I1 FAILS')
    expect(stdout).toContain('1. host 1: receives message 1')
  })

  it('fails for a mutant that nothing catches', () => {
    const { status, stdout } = model('--mutant', 'fifo-stop', '--config', 'foreign')
    expect(status).toBe(1)
    expect(stdout).toContain('NOT CAUGHT BY I9')
  })

  it.each([
    [['--mutant', 'nope'], 'There is no mutant "nope". Mutants: lease, '],
    [['--config', 'nope'], 'There is no configuration "nope". Configurations: claim, '],
    [['--max-states', 'many'], '--max-states takes a whole number from 1, not "many".'],
    [['--mutants', '--config', 'claim'], 'leave out --config'],
    [['--mutants', '--mutant', 'lease'], 'leave out --mutant'],
    [['--speed'], "Unknown option '--speed'"],
  ])('refuses %j', (args, message) => {
    const { status, stderr } = model(...args)
    expect(status).toBe(2)
    expect(stderr).toContain(message)
    expect(stderr).toContain('Try --help.')
  })

  it('explains itself', () => {
    expect(model('--help').stdout).toContain('npm run model -- --mutants')
    expect(model('--list').stdout).toContain('I10: a redelivery never meets')
  })
})
