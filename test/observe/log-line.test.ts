import { describe, expect, it } from 'vitest'
import { logLine } from '../../src/observe/log-line.ts'

const NOW = 1_700_000_000_123

describe('a line of the default log', () => {
  it.each([
    ['info', 'INFO'],
    ['warn', 'WARN'],
    ['error', 'ERROR'],
  ])('of level %s is JSON with level, message, time and fields', (level, written) => {
    const line = logLine(NOW, level, 'two\nlines', { id: 'charge#hash' })
    expect(line).not.toContain('\n')
    expect(JSON.parse(line)).toEqual({
      level: written,
      message: 'two\nlines',
      timestamp: '2023-11-14T22:13:20.123Z',
      id: 'charge#hash',
    })
  })

  it('lets no field stand in for level, message or time', () => {
    const line = logLine(NOW, 'error', 'real', { level: 'x', message: 'x', timestamp: 'x' })
    expect(JSON.parse(line)).toEqual({
      level: 'ERROR',
      message: 'real',
      timestamp: '2023-11-14T22:13:20.123Z',
    })
  })

  it.each([
    ['a control sequence of a terminal', '\u009b31m'],
    ['delete', '\u007f'],
    ['the next line of old mainframes', '\u0085'],
    ['the line end of Unicode', '\u2028'],
    ['the paragraph end of Unicode', '\u2029'],
    ['text turned around', '\u202e'],
    ['text kept apart', '\u2066'],
    ['a byte order mark', '\ufeff'],
    ['an escape', '\u001b[0m'],
  ])('shows escaped what is more than text: %s', (_name, text) => {
    const line = logLine(NOW, 'warn', `m ${text}`, { [`name ${text}`]: [{ [text]: text }] })
    expect(line).toMatch(/^[ -~]+$/)
    expect(JSON.parse(line)).toMatchObject({
      message: `m ${text}`,
      [`name ${text}`]: [{ [text]: text }],
    })
  })

  it('leaves all other text as it is', () => {
    expect(logLine(NOW, 'warn', 'Grüße 注文 🎉', {})).toContain('Grüße 注文 🎉')
  })
})
