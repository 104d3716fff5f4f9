/** The stack of the orders example, from its source, with the handlers bundled, on whatever aws-cdk-lib is given to it. */
import { App } from 'aws-cdk-lib'
import { FEATURE_FLAGS } from '../../infra/app/feature-flags.ts'
import { OrdersStack } from '../../infra/app/orders-stack.ts'
import { readSettings } from '../../infra/app/settings.ts'
import { print } from './printed.ts'

const app = new App({ context: FEATURE_FLAGS, treeMetadata: false })
new OrdersStack(app, 'OncekitOrders', { settings: readSettings({}) })
print(app, 'OncekitOrders')
