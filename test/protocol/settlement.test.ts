import { describe, expect, it, test } from 'vitest'
import { SCHEMA_VERSION } from '../../src/protocol/names.ts'
import { judgeCompletion } from '../../src/protocol/settlement.ts'
import { NOW, record } from './samples.ts'

const claim = { owner: 'me', fence: NOW }
const mine = { owner: 'me', fence: NOW }

describe('complete, its condition failed', () => {
  it('COMPLETED + mine: success, the own write', () => {
    expect(judgeCompletion(record({ status: 'COMPLETED', ...mine }), claim)).toBe('own-completion')
  })

  it('COMPLETED + other: success, and a duplicate effect', () => {
    expect(judgeCompletion(record({ status: 'COMPLETED' }), claim)).toBe('duplicate-effect')
    expect(judgeCompletion(record({ status: 'COMPLETED', fence: NOW }), claim)).toBe('duplicate-effect')
  })

  it('absent: a conditional put decides', () => {
    expect(judgeCompletion(undefined, claim)).toBe('absent')
  })

  it('IN_PROGRESS + mine: the write did not land', () => {
    expect(judgeCompletion(record(mine), claim)).toBe('still-ours')
  })
})

test.each([
  ['IN_PROGRESS of another owner', record({ fence: NOW })],
  ['IN_PROGRESS of mine under another fence', record({ owner: 'me', fence: NOW - 1 })],
  ['FAILED + mine', record({ status: 'FAILED', ...mine })],
  ['POISONED + mine', record({ status: 'POISONED', ...mine })],
  ['FAILED + other', record({ status: 'FAILED' })],
  ['an unknown status + mine', record({ status: 'PAUSED', ...mine })],
  [
    'COMPLETED + mine of another version',
    record({ status: 'COMPLETED', ...mine, schemaVersion: SCHEMA_VERSION + 1 }),
  ],
  [
    'COMPLETED + other of another version',
    record({ status: 'COMPLETED', schemaVersion: SCHEMA_VERSION + 1 }),
  ],
])('complete, anything else not mine: lease lost — %s', (_, found) => {
  expect(judgeCompletion(found, claim)).toBe('lease-lost')
})
