import type { App } from 'aws-cdk-lib'

/** What a program of this folder prints: what CDK has made of an app. */
export interface Synthesised {
  readonly template: { readonly Resources: Readonly<Record<string, Resource>> }
  /** Errors and warnings, with where they were said. */
  readonly said: readonly string[]
}

export interface Resource {
  readonly Type: string
  readonly Properties?: Readonly<Record<string, unknown>>
}

/** Synthesises and prints. */
export function print(app: App, stackName: string): void {
  const { template, messages } = app.synth().getStackByName(stackName)
  const said = messages.map(({ level, id, entry: { data } }) => `${level} ${id}: ${String(data)}`)
  const printed: Synthesised = { template, said: said.sort() }
  console.log(JSON.stringify(printed))
}
