import type { Resource, Synthesised } from './printed.ts'

/** Resources that are this package's work alone; of others (custom resources, their roles) CDK decides. */
const OURS = new Set([
  'AWS::CloudWatch::Alarm',
  'AWS::DynamoDB::Table',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Function',
  'AWS::Logs::LogGroup',
  'AWS::SQS::Queue',
  'AWS::SQS::QueuePolicy',
])

/** Properties whose values differ between versions of CDK for reasons of its own. */
const CDKS_OWN = new Set(['Code', 'Metadata'])

/**
 * What an older CDK has left out or made otherwise, one line each; none when both have made the same of everything that
 * matters. A CDK that does not know a property drops it without a word, so it is not enough that it synthesises.
 */
export function differences(older: Synthesised, newer: Synthesised): string[] {
  const found: string[] = []
  for (const [id, resource] of Object.entries(newer.template.Resources)) {
    const other = older.template.Resources[id]
    if (!OURS.has(resource.Type) && other?.Type === resource.Type) continue
    if (other === undefined) found.push(`${resource.Type} ${id} is missing`)
    else found.push(...differing(id, resource, other))
  }
  const said = (one: Synthesised, other: Synthesised) => one.said.filter((text) => !other.said.includes(text))
  found.push(...said(newer, older).map((text) => `not said: ${text}`))
  found.push(...said(older, newer).map((text) => `said besides: ${text}`))
  return found
}

function differing(id: string, { Properties = {} }: Resource, other: Resource): string[] {
  const names = new Set([...Object.keys(Properties), ...Object.keys(other.Properties ?? {})])
  return [...names].flatMap((name) => {
    const [now, then] = [Properties, other.Properties ?? {}].map((properties) =>
      JSON.stringify(properties[name]),
    )
    // An empty list is as good as none.
    if (CDKS_OWN.has(name) || now === then || (now ?? '[]') === (then ?? '[]')) return []
    return [`${id}.${name} is ${then}, not ${now}`]
  })
}
