import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const MODULE = fileURLToPath(new URL('../../src/observe/standard-output.ts', import.meta.url))

/** How a process ends whose standard output nobody reads any more when it is told to go on, and what it says of itself. */
async function ended(code: string): Promise<{ end: unknown[]; said: string }> {
  const source = `import { once } from 'node:events'
    import { writeLine } from ${JSON.stringify(MODULE)}
    ${code}
    const beat = () => new Promise((resolve) => setTimeout(resolve, 50))
    process.stdin.resume()
    await once(process.stdin, 'end')
    for (let line = 0; line < 100; line++) writeLine('after ' + line)
    await beat()
    writeLine('later')
    await beat()
    process.stderr.write('alive')`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', source], {
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (part: string) => {
    said += part
  })
  await once(child.stderr, 'data')
  child.stdout.destroy()
  child.stdin.end()
  return { end: await once(child, 'close'), said }
}

const READY = `process.stderr.write('ready ')`

describe('a standard output that was closed', () => {
  it('loses lines, and does not end the process', async () => {
    const { end, said } = await ended(`writeLine('before'); ${READY}`)
    expect({ end, said }).toEqual({ end: [0, null], said: 'ready alive' })
  })

  it('does not end the process when lines wait for a full pipe', async () => {
    const { end, said } = await ended(
      `import { Socket } from 'node:net'
      new Socket({ fd: 1, readable: false, writable: true })
      for (let line = 0; line < 5_000; line++) writeLine('x'.repeat(200))
      ${READY}`,
    )
    expect({ end, said }).toEqual({ end: [0, null], said: 'ready alive' })
  })

  it('is told to whoever listens for it, as without us', async () => {
    const { end, said } = await ended(
      `import { Socket } from 'node:net'
      new Socket({ fd: 1, readable: false, writable: true })
      process.stdout.on('error', ({ code }) => process.stderr.write(code + ' '))
      for (let line = 0; line < 5_000; line++) writeLine('x'.repeat(200))
      ${READY}`,
    )
    expect(end).toEqual([0, null])
    expect(said).toMatch(/^ready EPIPE .*alive$/)
  })
})
