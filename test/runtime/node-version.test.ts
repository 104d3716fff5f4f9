import { afterEach, describe, expect, it, vi } from 'vitest'
import { eachMessage, idempotentBatch, sqsHandler } from '../../src/index.ts'
import { nodeProblem } from '../../src/runtime/node-version.ts'
import { functionInvoker, memoryStore } from '../../src/testing/index.ts'

describe('the version of Node.js', () => {
  it.each(['22.0.0', '22.12.0', '24.21.0', '26.0.0', '100.0.0', '24.0.0-nightly20250101'])(
    '%s will do',
    (version) => {
      expect(nodeProblem(version)).toBeUndefined()
    },
  )

  it.each(['20.20.2', '21.7.3', '18.20.8', '9.0.0', '2.22.0', ''])('%s is too old', (version) => {
    expect(nodeProblem(version)).toBe(
      `oncekit needs Node.js 22 or newer, and this is Node.js ${version}: choose a newer runtime (on Lambda nodejs22.x or nodejs24.x).`,
    )
  })
})

describe('on a Node.js that is too old', () => {
  afterEach(() => vi.restoreAllMocks())

  it.each<[string, () => unknown]>([
    ['sqsHandler', () => sqsHandler({ store: memoryStore(), namespace: 'test' }, () => {})],
    ['idempotentBatch', () => idempotentBatch({ store: memoryStore(), namespace: 'test' })],
    ['functionInvoker', () => functionInvoker({ handler: eachMessage(() => {}) })],
  ])('%s says so at once, before anything is claimed', (_, start) => {
    expect(start).not.toThrow()
    vi.spyOn(process, 'versions', 'get').mockReturnValue({ ...process.versions, node: '20.20.2' })
    expect(start).toThrow('oncekit needs Node.js 22 or newer, and this is Node.js 20.20.2')
  })
})
