import type { App } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { AwsSolutionsChecks, type NagPack, ServerlessChecks } from 'cdk-nag'
import { beforeAll, describe, expect, it } from 'vitest'
import { ACKNOWLEDGED, acknowledgeFindings } from '../../infra/app/acknowledged.ts'
import { OrdersStack } from '../../infra/app/orders-stack.ts'
import { readSettings } from '../../infra/app/settings.ts'
import { errors, resources, testApp, warnings } from './test-stack.ts'

let app: App
let stack: OrdersStack

beforeAll(() => {
  app = testApp()
  stack = new OrdersStack(app, 'OncekitOrders', { settings: readSettings({}) })
  acknowledgeFindings(stack.charges, stack.receipts)
})

/** Findings as `rule at path`. */
function findings(pack: NagPack, scope: App): string[] {
  return pack
    .validateScope(scope)
    .violations.flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map((resource) => `${ruleName} at ${resource.constructPath}`),
    )
}

describe('the stack of the orders example', () => {
  it('is what it was (the snapshot)', () => {
    const template = JSON.stringify(Template.fromStack(stack).toJSON(), undefined, 2)
    // The names of bundles change with every change of the code.
    expect(template.replaceAll(/[0-9a-f]{64}\.zip/g, '<bundle>.zip')).toMatchSnapshot()
  })

  it('gives each function its own window and namespace on the one table', () => {
    const environments = resources(stack, 'AWS::Lambda::Function').map(({ Environment }) => Environment)
    const table = stack.resolve(stack.table.table.tableName)
    expect(environments).toEqual([
      { Variables: { ONCEKIT_TABLE: table, ONCEKIT_NAMESPACE: 'charge-orders', ONCEKIT_TTL: '1555200' } },
      { Variables: { ONCEKIT_TABLE: table, ONCEKIT_NAMESPACE: 'send-receipts', ONCEKIT_TTL: '518400' } },
    ])
  })

  it('has neither errors nor advice', () => {
    expect(errors(stack)).toEqual([])
    expect(warnings(stack, '/OncekitOrders')).toEqual([])
  })

  it('has no finding of cdk-nag left: AwsSolutions and Serverless', () => {
    expect(findings(new AwsSolutionsChecks(), app)).toEqual([])
    expect(findings(new ServerlessChecks(), app)).toEqual([])
  })

  it('has acknowledged findings that are all real, each with its reason', () => {
    const bare = testApp()
    const raw = new OrdersStack(bare, 'OncekitOrders', { settings: readSettings({}) })
    const found = [...findings(new AwsSolutionsChecks(), bare), ...findings(new ServerlessChecks(), bare)]
    const rules = new Set(found.map((finding) => finding.slice(0, finding.indexOf(' at '))))
    expect([...rules].sort()).toEqual(ACKNOWLEDGED.map(({ id }) => id).sort())
    for (const { reason, at } of ACKNOWLEDGED) {
      expect(reason).toMatch(/^[A-Z].{30,}\.$/)
      expect([at(raw.charges), at(raw.receipts)]).not.toContain(undefined)
    }
    // One finding for each rule and queue: an acknowledgement covers no more than it says.
    expect(found).toHaveLength(2 * ACKNOWLEDGED.length)
  })

  it('sends its alarms to a topic that is named', () => {
    const topic = 'arn:aws:sns:eu-central-1:111122223333:alarms'
    const named = new OrdersStack(testApp(), 'OncekitOrders', {
      settings: readSettings({ alarmTopicArn: { value: topic, source: 'test' } }),
    })
    const actions = resources(named, 'AWS::CloudWatch::Alarm').map(({ AlarmActions }) => AlarmActions)
    expect(actions).toHaveLength(26)
    expect(new Set(actions.map((action) => JSON.stringify(action)))).toEqual(new Set([`["${topic}"]`]))
  })
})
