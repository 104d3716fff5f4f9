import { App } from 'aws-cdk-lib'
import { acknowledgeFindings } from './acknowledged.ts'
import { ensureBuilt } from './ensure-built.ts'
import { FEATURE_FLAGS } from './feature-flags.ts'
import { OrdersStack } from './orders-stack.ts'
import { readSettings, SETTING_NAMES, settingSources } from './settings.ts'

// Errors of settings and wiring are the user's to read: the message alone, not this file's stack.
try {
  const app = new App({ context: FEATURE_FLAGS })
  const settings = readSettings(settingSources((name) => app.node.tryGetContext(name), process.env))
  ensureBuilt()
  const { charges, receipts } = new OrdersStack(app, settings.stackName, { settings })
  acknowledgeFindings(charges, receipts)
  app.synth()
} catch (error) {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'CONFIG') throw error
  console.error(error.message)
  console.error(`\nSettings: ${SETTING_NAMES.join(', ')}. See infra/README.md.`)
  process.exitCode = 1
}
