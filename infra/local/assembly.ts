import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'

const Resource = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
})
const Template = z.object({ Resources: z.record(z.string(), Resource) })
const Manifest = z.object({
  artifacts: z.record(
    z.string(),
    z.looseObject({
      type: z.string(),
      properties: z.looseObject({ templateFile: z.string().optional() }).optional(),
    }),
  ),
})
const Assets = z.object({
  files: z.record(
    z.string(),
    z.object({
      source: z.object({ path: z.string(), packaging: z.string() }),
      destinations: z.record(z.string(), z.looseObject({ objectKey: z.string() })),
    }),
  ),
})

/** A resource of the template, as it is written there. */
export interface TemplateResource {
  readonly id: string
  readonly type: string
  readonly properties: Readonly<Record<string, unknown>>
}

/** A synthesised stack: its template, and where its assets lie. */
export interface Assembly {
  readonly stackName: string
  readonly resources: readonly TemplateResource[]
  /** Asset's object key → folder. */
  readonly assets: ReadonlyMap<string, string>
}

/** Reads the one stack of a cloud assembly. */
export async function readAssembly(folder: string): Promise<Assembly> {
  const read = async (name: string): Promise<unknown> =>
    JSON.parse(await readFile(join(folder, name), 'utf8'))
  const { artifacts } = Manifest.parse(
    await read('manifest.json').catch((cause: unknown) => {
      throw new Error(`${folder} holds no cloud assembly (no readable manifest.json).`, { cause })
    }),
  )
  const stacks = Object.entries(artifacts).filter(([, { type }]) => type === 'aws:cloudformation:stack')
  const [[stackName, stack] = []] = stacks
  const templateFile = stack?.properties?.templateFile
  if (stacks.length !== 1 || stackName === undefined || templateFile === undefined)
    throw new Error(`${folder} holds ${stacks.length} stacks; it must be one.`)
  const { Resources } = Template.parse(await read(templateFile))
  const { files } = Assets.parse(await read(templateFile.replace('.template.json', '.assets.json')))
  const assets = Object.values(files).flatMap(({ source, destinations }) =>
    Object.values(destinations).map(({ objectKey }) => [objectKey, join(folder, source.path)] as const),
  )
  return {
    stackName,
    resources: Object.entries(Resources).map(([id, { Type, Properties }]) => ({
      id,
      type: Type,
      properties: Properties,
    })),
    assets: new Map(assets),
  }
}
