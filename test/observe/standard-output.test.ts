import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const MODULE = fileURLToPath(new URL('../../src/observe/standard-output.ts', import.meta.url))

/** What a process prints that runs `code` with `writeLine` at hand, read only after a while. */
async function printed(code: string): Promise<string> {
  const source = `import { writeLine } from ${JSON.stringify(MODULE)}\n${code}`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', source], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const closed = once(child, 'close')
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part
  })
  child.stdout.pause()
  await sleep(300)
  child.stdout.resume()
  expect(await closed).toEqual([0, null])
  return text
}

const LINES = 5_000
const WRITE_MANY = `for (let line = 0; line < ${LINES}; line++) writeLine(line + ' ' + 'é'.repeat(100))`
const expected = Array.from({ length: LINES }, (_, line) => `${line} ${'é'.repeat(100)}\n`).join('')

describe('standard output', () => {
  it('gets each line with its end, without the stream of the process', async () => {
    const text = await printed(`
      Object.defineProperty(process, 'stdout', { get() { throw new Error('the stream was made') } })
      writeLine('one')
      writeLine('zwei ü')`)
    expect(text).toBe('one\nzwei ü\n')
  })

  it('gets every line, whole and in order, from a pipe that is full and blocks', async () => {
    expect(await printed(WRITE_MANY)).toBe(expected)
  })

  it('gets every line, whole and in order, from a pipe that is full and does not block', async () => {
    // A socket over the descriptor is what makes it not block.
    const text = await printed(
      `import { Socket } from 'node:net'\nnew Socket({ fd: 1, readable: false, writable: true })\n${WRITE_MANY}`,
    )
    expect(text).toBe(expected)
  })
})
