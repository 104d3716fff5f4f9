import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import { describe, expect, it } from 'vitest'
import { readSettings, settingSources } from '../../infra/app/settings.ts'

const nothing = () => undefined

describe('settings of the deployment', () => {
  it('all have defaults', () => {
    const settings = readSettings(settingSources(nothing, {}))
    expect(settings).toMatchObject({ stackName: 'OncekitOrders', maxConcurrency: 50, maxReceiveCount: 5 })
    expect(settings.chargeTtl.toSeconds()).toBe(Duration.days(18).toSeconds())
    expect(settings.removal).toBe(RemovalPolicy.RETAIN)
  })

  it('come from the context, else from the environment', () => {
    const context = (name: string) => (name === 'oncekit:chargeTtl' ? '20d' : undefined)
    const environment = {
      ONCEKIT_DEPLOY_CHARGE_TTL: '1d',
      ONCEKIT_DEPLOY_MAX_CONCURRENCY: '7',
      ONCEKIT_DEPLOY_REMOVAL: 'destroy',
    }
    const settings = readSettings(settingSources(context, environment))
    expect(settings.chargeTtl.toDays()).toBe(20)
    expect(settings).toMatchObject({ maxConcurrency: 7, removal: RemovalPolicy.DESTROY })
  })

  it('are refused with what was given, where, and what is allowed, all at once', () => {
    const environment = { ONCEKIT_DEPLOY_CHARGE_TTL: '18 days', ONCEKIT_DEPLOY_MAX_CONCURRENCY: '1' }
    const context = (name: string) => (name === 'oncekit:alarmTopicArn' ? 'my-topic' : undefined)
    expect(() => readSettings(settingSources(context, environment))).toThrow(
      [
        'ONCEKIT_DEPLOY_CHARGE_TTL is "18 days". Allowed: a number with its unit, such as 45s, 15m, 6h or 18d.',
        'ONCEKIT_DEPLOY_MAX_CONCURRENCY is "1". Allowed: a whole number from 2 to 1000.',
        '-c oncekit:alarmTopicArn is "my-topic". Allowed: the ARN of an SNS topic.',
      ].join('\n'),
    )
  })

  it.each(['x', '2.5', '', ' '])('take no %j for a number', (value) => {
    expect(() => readSettings({ maxConcurrency: { value, source: 'here' } })).toThrow('a whole number')
  })

  it('name the nearest known variable for an unknown one', () => {
    expect(() => settingSources(nothing, { ONCEKIT_DEPLOY_CHARGE_TLL: '1d' })).toThrow(
      'ONCEKIT_DEPLOY_CHARGE_TLL sets nothing. Did you mean ONCEKIT_DEPLOY_CHARGE_TTL?',
    )
    expect(() => settingSources(nothing, { ONCEKIT_DEPLOY_XYZZYXYZZY: '1d' })).toThrow('sets nothing. Known:')
  })
})
