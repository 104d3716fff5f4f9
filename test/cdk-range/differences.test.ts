import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { differences } from './differences.ts'
import type { Resource, Synthesised } from './printed.ts'

const table = (Properties: Resource['Properties'] = {}): Resource => ({
  Type: 'AWS::DynamoDB::Table',
  Properties,
})
const made = (Resources: Readonly<Record<string, Resource>>, said: readonly string[] = []): Synthesised => ({
  template: { Resources },
  said,
})

describe('what an older CDK makes otherwise', () => {
  it('is nothing where both make the same, but for what is CDK’s own', () => {
    const older = made({
      Table: table({ KeySchema: [], AlarmActions: [] }),
      Function: { Type: 'AWS::Lambda::Function', Properties: { Code: { S3Key: 'one' } } },
      OldLogs: { Type: 'AWS::Logs::LogGroup' },
      Dashboard: { Type: 'AWS::CloudWatch::Dashboard', Properties: { DashboardBody: 'one' } },
    })
    const newer = made({
      Table: table({ KeySchema: [] }),
      Function: { Type: 'AWS::Lambda::Function', Properties: { Code: { S3Key: 'other' } } },
      Dashboard: { Type: 'AWS::CloudWatch::Dashboard', Properties: { DashboardBody: 'other' } },
    })
    expect(differences(older, newer)).toEqual([])
  })

  it('is a property that it dropped without a word, changed or added', () => {
    const older = made({ Table: table({ A: 1, B: 1 }) })
    const newer = made({ Table: table({ A: 2, WarmThroughput: { Reads: 9 } }) })
    expect(differences(older, newer)).toEqual([
      'Table.A is 1, not 2',
      'Table.WarmThroughput is undefined, not {"Reads":9}',
      'Table.B is 1, not undefined',
    ])
  })

  it('is a resource that is missing, of whatever type', () => {
    const newer = made({ Table: table(), Dashboard: { Type: 'AWS::CloudWatch::Dashboard' } })
    expect(differences(made({}), newer)).toEqual([
      'AWS::DynamoDB::Table Table is missing',
      'AWS::CloudWatch::Dashboard Dashboard is missing',
    ])
  })

  it('is a warning or an error that one of them has not', () => {
    expect(differences(made({}, ['a', 'b']), made({}, ['b', 'c']))).toEqual([
      'not said: c',
      'said besides: a',
    ])
  })
})

describe('the peer range', () => {
  it('has one lowest version each, which is tried by npm run cdk-range', () => {
    const { peerDependencies } = JSON.parse(
      readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'),
    )
    for (const name of ['aws-cdk-lib', 'constructs'])
      expect(peerDependencies[name]).toMatch(/^\^\d+\.\d+\.\d+$/)
    expect(readFileSync(join(import.meta.dirname, '../../.ci/run'), 'utf8')).toContain('npm run cdk-range')
  })
})
