import { existsSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import type { Assembly, TemplateResource } from './assembly.ts'
import { type LocalResource, resolve } from './intrinsics.ts'
import type { Statement } from './policy.ts'

/** A function of the template, ready to run. */
export interface LocalFunction {
  readonly id: string
  /** The bundle's file. */
  readonly module: string
  readonly exportName: string
  readonly timeoutMs: number
  readonly environment: Readonly<Record<string, string>>
  /** What its role allows. */
  readonly statements: readonly Statement[]
}

const Properties = z.object({
  Code: z.object({ S3Key: z.string() }),
  Handler: z.string(),
  Runtime: z.string(),
  Timeout: z.number().default(3),
  Environment: z.object({ Variables: z.record(z.string(), z.string()) }),
  Role: z.string(),
})
const Policy = z.object({
  PolicyDocument: z.object({ Statement: z.array(z.unknown()) }),
  Roles: z.array(z.string()),
})

/** The function with its bundle, environment and policies. */
export function localFunction(
  assembly: Assembly,
  resource: TemplateResource,
  known: ReadonlyMap<string, LocalResource>,
): LocalFunction {
  const { Code: _, ...rest } = resource.properties
  // The bucket of the assets is not resolved: the bundle is taken from the assembly.
  const key = z.object({ S3Key: z.string() }).parse(resource.properties['Code'])
  const { Handler, Runtime, Timeout, Environment, Role } = Properties.parse({
    ...Object(resolve(rest, known)),
    Code: key,
  })
  const major = /^nodejs(\d+)\.x$/.exec(Runtime)?.[1]
  if (major !== process.versions.node.split('.')[0])
    throw new Error(`${resource.id} runs on ${Runtime}, this is Node.js ${process.versions.node}.`)
  const folder = assembly.assets.get(key.S3Key)
  if (folder === undefined)
    throw new Error(`The bundle ${key.S3Key} of ${resource.id} is not in the assembly.`)
  const [file = '', exportName = ''] = Handler.split('.')
  const module = ['.mjs', '.js'].map((end) => join(folder, file + end)).find((path) => existsSync(path))
  if (module === undefined) throw new Error(`${resource.id}: ${folder} holds no ${file}.mjs or ${file}.js.`)
  return {
    id: resource.id,
    module,
    exportName,
    timeoutMs: Timeout * 1000,
    environment: Environment.Variables,
    statements: statementsOf(assembly, Role, known),
  }
}

function statementsOf(
  { resources }: Assembly,
  role: string,
  known: ReadonlyMap<string, LocalResource>,
): readonly Statement[] {
  return resources
    .filter(({ type }) => type === 'AWS::IAM::Policy')
    .map(({ properties }) => Policy.parse(resolve(properties, known)))
    .filter(({ Roles }) => Roles.includes(role))
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement as Statement[])
}
