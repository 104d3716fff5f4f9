import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { mockClient } from 'aws-sdk-client-mock'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sqsHandler } from '../../src/lambda/sqs-handler.ts'
import { sqsEvent } from '../../src/testing/sqs-event.ts'
import { blocksOf } from '../docs/pages.ts'

const ROOT = join(import.meta.dirname, '../..')
const PAGE = 'docs/testing-with-mocks.md'
const recipes = blocksOf(PAGE).filter(({ language }) => language === 'ts')

let folder: string
beforeAll(() => {
  // Inside the repository, so that packages resolve; in a folder that git ignores.
  mkdirSync(join(ROOT, 'reports'), { recursive: true })
  folder = mkdtempSync(join(ROOT, 'reports/recipes-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** As a user's own project would run them: each in a file of its own, by their own test runner. */
async function run(): Promise<string> {
  const alias = {
    'oncekit/testing': join(ROOT, 'src/testing/index.ts'),
    oncekit: join(ROOT, 'src/index.ts'),
  }
  const config = join(folder, 'vitest.config.mjs')
  writeFileSync(config, `export default { resolve: { alias: ${JSON.stringify(alias)} } }`)
  for (const { line, code } of recipes) writeFileSync(join(folder, `line-${line}.test.ts`), code)
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs')
  const report = join(folder, 'report.json')
  await promisify(execFile)(
    process.execPath,
    [vitest, 'run', '--root', folder, '--config', config, '--reporter', 'json', '--outputFile', report],
    { env: { ...process.env, AWS_REGION: 'us-east-1' }, timeout: 240_000 },
  )
  return readFileSync(report, 'utf8')
}

describe('the recipes of the page on mocks', () => {
  it('pass as they stand there', { timeout: 300_000 }, async () => {
    expect(recipes).toHaveLength(3)
    // What vitest's reporter writes.
    const report = JSON.parse(await run()) as { numPassedTests: number; numTotalTests: number }
    expect(report).toMatchObject({ numPassedTests: 3, numTotalTests: 3 })
  })
})

describe('mockClient(DynamoDBClient)', () => {
  it('that was told nothing is refused, with what it answered', async () => {
    const mock = mockClient(DynamoDBClient)
    const handler = sqsHandler({ table: 'orders', namespace: 'mocked', observer: false }, () => {})
    await expect(handler(sqsEvent(['one']), {})).rejects.toMatchObject({
      code: 'STORE_MISCONFIGURED',
      message: expect.stringMatching(/client\.send\(\w+\) answered with undefined/),
    })
    mock.restore()
  })

  it('that says yes to everything keeps nothing: each delivery runs', async () => {
    const ran: string[] = []
    const handler = sqsHandler({ table: 'orders', namespace: 'yes', observer: false }, ({ body }) => {
      ran.push(body)
    })
    const mock = mockClient(DynamoDBClient).resolves({})
    const event = sqsEvent(['one', 'two'])
    expect(await handler(event, {})).toEqual({ batchItemFailures: [] })
    expect(await handler(event, {})).toEqual({ batchItemFailures: [] })
    mock.restore()
    expect(ran).toEqual(['one', 'two', 'one', 'two'])
  })
})
