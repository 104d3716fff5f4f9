import { describe, expect, it } from 'vitest'
import { jsonLog } from '../../src/observe/json-log.ts'

function listen() {
  const lines: string[] = []
  const log = jsonLog(
    () => 1_700_000_000_123,
    (line) => lines.push(line),
  )
  return { lines, log }
}

describe('the default log', () => {
  it.each([
    ['info', 'INFO'],
    ['warn', 'WARN'],
    ['error', 'ERROR'],
  ] as const)('writes %s as one line of JSON with level, message, time and fields', (method, level) => {
    const { lines, log } = listen()
    log(method, 'two\nlines', { id: 'charge#hash' })
    expect(lines).toHaveLength(1)
    expect(lines[0]).not.toContain('\n')
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      level,
      message: 'two\nlines',
      timestamp: '2023-11-14T22:13:20.123Z',
      id: 'charge#hash',
    })
  })

  it('lets no field stand in for level, message or time', () => {
    const { lines, log } = listen()
    log('error', 'real', { level: 'x', message: 'x', timestamp: 'x' })
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      level: 'ERROR',
      message: 'real',
      timestamp: '2023-11-14T22:13:20.123Z',
    })
  })
})
