import { beforeEach, describe, expect, it, vi } from 'vitest'
import { openLog } from '../../src/observe/default-log.ts'
import { writeLine } from '../../src/observe/standard-output.ts'

vi.mock(import('../../src/observe/standard-output.ts'), () => ({ writeLine: vi.fn() }))
beforeEach(() => void vi.mocked(writeLine).mockReset())

const now = () => 1_700_000_000_000
const written = () => vi.mocked(writeLine).mock.calls.map(([line]) => JSON.parse(line))

describe('the default log', () => {
  it('shows of an error what the option says', () => {
    const error = new TypeError('declined')
    openLog(undefined, 'message', now)('warn', 'Failed.', { error, failure: 'TypeError' })
    openLog(undefined, 'stack', now)('warn', 'Failed.', { error })
    expect(written()[0]).toEqual({
      level: 'WARN',
      message: 'Failed.',
      timestamp: '2023-11-14T22:13:20.000Z',
      failure: 'TypeError',
      error: { name: 'TypeError', message: 'declined' },
    })
    expect(written()[1].error).toEqual({
      name: 'TypeError',
      message: 'declined',
      stack: expect.arrayContaining([expect.stringContaining('default-log.test.ts')]),
    })
  })

  it('says a line without an error as it is', () => {
    openLog(undefined, 'stack', now)('error', 'Failed.', { id: 'x' })
    expect(written()).toEqual([
      { level: 'ERROR', message: 'Failed.', timestamp: '2023-11-14T22:13:20.000Z', id: 'x' },
    ])
  })

  it('says a line whose error does not let itself be looked at', () => {
    const error = new Proxy(new Error('x'), {
      get() {
        throw new Error('no')
      },
    })
    openLog(undefined, 'stack', now)('error', 'Failed.', { error, failure: 'Error' })
    expect(written()).toMatchObject([{ failure: 'Error', error: { name: 'Error' } }])
  })
})

describe('a logger of one’s own', () => {
  it('gets the error itself, with its own this', () => {
    const lines: unknown[] = []
    class Memory {
      lines = lines
      info() {}
      warn(...line: unknown[]) {
        this.lines.push(line)
      }
      error() {}
    }
    const error = new Error('x')
    openLog(new Memory(), 'stack', now)('warn', 'Failed.', { error, failure: 'Error' })
    expect(lines).toEqual([['Failed.', { error, failure: 'Error' }]])
    expect(writeLine).not.toHaveBeenCalled()
  })

  it.each<[string, () => unknown]>([
    ['throws', () => thrower()],
    ['rejects', async () => thrower()],
  ])('that %s does not take the line with it: it is written as by default', async (_name, warn) => {
    const log = openLog({ info() {}, warn, error() {} }, 'message', now)
    log('warn', 'Failed.', { error: new RangeError('declined'), failure: 'RangeError' })
    await new Promise((done) => setImmediate(done))
    expect(written()).toEqual([
      {
        level: 'WARN',
        message: 'Failed.',
        timestamp: '2023-11-14T22:13:20.000Z',
        failure: 'RangeError',
        error: { name: 'RangeError', message: 'declined' },
      },
    ])
  })

  it.each([
    ['pino', { bindings() {} }],
    ['bunyan', { addStream() {} }],
  ])('that takes the fields first, and the error as err, is given them so: %s', (_name, methods) => {
    const lines: unknown[] = []
    const note = (...line: unknown[]) => void lines.push(line)
    const log = openLog({ info: note, warn: note, error: note, ...methods }, 'stack', now)
    const error = new Error('declined')
    log('warn', 'Failed.', { failure: 'Error', error })
    log('error', 'Given up.', { id: 'x' })
    expect(lines).toEqual([
      [{ failure: 'Error', err: error }, 'Failed.'],
      [{ id: 'x' }, 'Given up.'],
    ])
  })

  it('that is false hears nothing', () => {
    openLog(false, 'stack', now)('warn', 'Failed.', {})
    expect(writeLine).not.toHaveBeenCalled()
  })
})

function thrower(): never {
  throw new Error('disk full')
}
