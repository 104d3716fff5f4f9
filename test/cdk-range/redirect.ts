/** Preloaded: takes `aws-cdk-lib` and `constructs` from the folder in CDK_FOLDER, whoever asks for them. */
import { registerHooks } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const folder = process.env['CDK_FOLDER']
if (folder === undefined) throw new Error('CDK_FOLDER is not set.')
const parentURL = pathToFileURL(join(folder, 'any.js')).href

registerHooks({
  resolve: (specifier, context, next) =>
    /^(aws-cdk-lib|constructs)(\/|$)/.test(specifier)
      ? next(specifier, { ...context, parentURL })
      : next(specifier, context),
})
