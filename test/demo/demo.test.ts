import { type ChildProcess, execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { ListQueuesCommand } from '@aws-sdk/client-sqs'
import { describe, expect, test } from 'vitest'
import { Order } from '../../examples/orders/order.ts'
import { dynamoClient, sqsClient } from '../servers/clients.ts'
import { startDynamoDb } from '../servers/dynamodb.ts'
import { startSqs } from '../servers/sqs.ts'
import { finish, inputFile, orderLines, runDemo, startDemo } from './run-demo.ts'

const valid = orderLines.filter((line) => isValid(line))
const invalid = orderLines.filter((line) => !isValid(line))

/** Whatever servers the environment names: the embedded ones. */
const EMBEDDED = { DYNAMODB_ENDPOINT: '', SQS_ENDPOINT: '' }

function isValid(line: string): boolean {
  try {
    return Order.safeParse(JSON.parse(line)).success
  } catch {
    return false
  }
}

function distinct(lines: readonly string[]): number {
  return new Set(lines.map((line) => Order.parse(JSON.parse(line)).orderId)).size
}

describe.concurrent('the demo', () => {
  test('without faults charges each order once and dead-letters what is invalid', async () => {
    const [first = '', ...rest] = valid.slice(0, 30)
    const input = inputFile([first, ...rest, first, ...invalid.slice(0, 12)])
    const { code, stdout, stderr } = await runDemo(['--no-faults', '--json', '--input', input])
    expect(stderr).not.toContain('could not run')
    const result = JSON.parse(stdout)
    expect(result.violations).toEqual([])
    expect(code).toBe(0)
    expect(result).toMatchObject({
      ok: true,
      messages: 43,
      orders: distinct([first, ...rest]),
      effects: distinct([first, ...rest]),
      deadLettered: 12,
      workersKilled: 0,
      answersCut: 0,
      extraCharges: [],
    })
  }, 120_000)

  test('refuses an order id that comes again with other content, and says so', async () => {
    const [first = ''] = valid
    const changed = JSON.stringify({ ...JSON.parse(first), placedAt: '2024-03-01T00:00:00Z' })
    const { code, stdout } = await runDemo(['--no-faults', '--json', '--input', '-'], {
      stdin: `${first}\n\n${changed}\n`,
    })
    const result = JSON.parse(stdout)
    expect(result.violations).toEqual([])
    expect(code).toBe(0)
    expect(result).toMatchObject({ messages: 2, orders: 1, effects: 1, deadLettered: 1 })
    expect(result.refusedOtherPayload).toBeGreaterThan(0)
  }, 120_000)

  test('with faults explains every extra charge, and the same seed brings the same faults', async () => {
    const input = inputFile(valid.slice(0, 120))
    const [first, second] = await Promise.all([
      runDemo(['--seed', '11', '--json', '--input', input]),
      runDemo(['--seed', '11', '--json', '--input', input]),
    ])
    const [one, two] = [JSON.parse(first.stdout), JSON.parse(second.stdout)]
    for (const result of [one, two]) {
      expect(result.violations).toEqual([])
      expect(result.effects).toBe(result.orders + result.extraCharges.length)
      // The plan holds faults of every kind, and they were carried out.
      expect(result.deliveredTwice).toBe(result.plan.twice)
      expect(result.answersCut).toBeGreaterThan(0)
      expect(result.workersKilled).toBeGreaterThan(0)
      expect(result.workersKilled).toBeLessThanOrEqual(result.plan.kills)
      expect(result.deletesLost).toBe(result.plan.lostDeletes)
    }
    expect([first.code, second.code]).toEqual([0, 0])
    expect(two.plan).toEqual(one.plan)
  }, 120_000)

  test('prints the table for people', async () => {
    const { code, stdout, stderr } = await runDemo(['--seed', '3', '--input', inputFile(valid.slice(0, 20))])
    expect(code).toBe(0)
    for (const row of [
      'messages sent',
      'effects (charges)',
      'stuck items taken over',
      'requests to DynamoDB per message',
    ]) {
      expect(stdout).toContain(row)
    }
    expect(stdout).toContain('--seed 3')
    expect(stderr).toMatch(/\d+\/20 done/)
  }, 120_000)

  test("uses the user's own servers and leaves nothing on them", async () => {
    const [dynamodb, sqs] = await Promise.all([startDynamoDb({ endpoint: '' }), startSqs({ endpoint: '' })])
    const environment = { DYNAMODB_ENDPOINT: dynamodb.endpoint, SQS_ENDPOINT: sqs.endpoint }
    const input = inputFile(valid.slice(0, 10))
    const { code, stdout } = await runDemo(['--no-faults', '--json', '--input', input], { environment })
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, effects: distinct(valid.slice(0, 10)) })
    expect(code).toBe(0)
    const client = dynamoClient(dynamodb.endpoint)
    const queues = sqsClient(sqs.endpoint)
    expect((await client.send(new ListTablesCommand({}))).TableNames).toEqual([])
    expect((await queues.send(new ListQueuesCommand({}))).QueueUrls ?? []).toEqual([])
    client.destroy()
    queues.destroy()
    await Promise.all([dynamodb.stop(), sqs.stop()])
  }, 120_000)

  test('--keep leaves the servers up until Ctrl-C', async () => {
    const child = startDemo(['--no-faults', '--keep', '--input', inputFile(valid.slice(0, 5))], EMBEDDED)
    const ended = finish(child)
    let stderr = ''
    while (!stderr.includes('effect ledger')) stderr += String(await once(child.stderr ?? child, 'data'))
    const endpoint = /DynamoDB +(\S+)/.exec(stderr)?.[1] ?? ''
    expect((await fetch(endpoint)).status).toBe(200)
    controlC(child)
    expect((await ended).code).toBe(0)
    await expect(fetch(endpoint)).rejects.toThrow()
  }, 120_000)

  test('Ctrl-C in the middle ends everything it started', async () => {
    const child = startDemo(['--seed', '5'], EMBEDDED)
    const ended = finish(child)
    let stderr = ''
    while (!/[1-9]\d*\/600 done/.test(stderr)) stderr += String(await once(child.stderr ?? child, 'data'))
    const children = childrenOf(child.pid ?? 0)
    expect(children.length).toBeGreaterThan(1)
    controlC(child)
    expect((await ended).code).toBe(130)
    for (const pid of children) expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  }, 120_000)

  test('Ctrl-C while the first workers start ends everything too', async () => {
    const child = startDemo(['--no-faults'], EMBEDDED)
    const ended = finish(child)
    // The database, its guard, and the first worker.
    await expect
      .poll(() => childrenOf(child.pid ?? 0).length, { timeout: 60_000, interval: 5 })
      .toBeGreaterThan(2)
    const children = childrenOf(child.pid ?? 0)
    controlC(child)
    expect((await ended).code).not.toBe(0)
    for (const pid of children) expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  }, 120_000)
})

describe.concurrent('a wrong command line', () => {
  test.each([
    [['--sed', '1'], "Unknown option '--sed'"],
    [['--seed', 'x'], '--seed is "x". Allowed: a whole number'],
    [['extra'], "Unexpected argument 'extra'"],
  ])('%j is refused with the help text and code 2', async (args, complaint) => {
    const { code, stderr, stdout } = await runDemo(args)
    expect(code).toBe(2)
    expect(stderr).toContain(complaint)
    expect(stderr).toContain('Usage: npm run demo')
    expect(stdout).toBe('')
  })

  test('--help explains and ends well', async () => {
    const { code, stdout } = await runDemo(['--help'])
    expect(code).toBe(0)
    expect(stdout).toContain('--no-faults')
  })

  test('an input that is missing or empty is named', async () => {
    const missing = await runDemo(['--input', '/nowhere/orders.ndjson'])
    expect(missing.code).toBe(1)
    expect(missing.stderr).toContain('/nowhere/orders.ndjson')
    const empty = await runDemo(['--input', '-'])
    expect(empty.code).toBe(1)
    expect(empty.stderr).toContain('holds no orders')
  })

  test('an endpoint that is no URL is named', async () => {
    const { code, stderr } = await runDemo(['--no-faults'], { environment: { DYNAMODB_ENDPOINT: 'here' } })
    expect(code).toBe(1)
    expect(stderr).toContain('DYNAMODB_ENDPOINT is "here"')
  })
})

/** What a terminal does: SIGINT to the whole process group. */
function controlC(child: ChildProcess): void {
  if (child.pid !== undefined) process.kill(-child.pid, 'SIGINT')
}

function childrenOf(parent: number): number[] {
  const processes = existsSync('/proc/self/task')
    ? readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').trim().split(' ').map(Number)
    : execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
        .trim()
        .split('\n')
        .map((line) => line.trim().split(/ +/).map(Number))
        .flatMap(([pid = 0, ppid]) => (ppid === parent ? pid : []))
  return processes.filter((pid) => pid > 0)
}
