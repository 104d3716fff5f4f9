import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build, type Metafile } from 'esbuild'
import { BUNDLE_OPTIONS } from '../bundle.ts'
import type { SubjectName } from '../subject.ts'

export interface Sizes {
  /** What the handler adds beside the AWS SDK and Middy, minified. */
  readonly ownBytes: number
  readonly ownGzipBytes: number
  /** The whole bundle, the AWS SDK with it. */
  readonly allBytes: number
  /** Largest parts of the own share, by file. */
  readonly parts: readonly { readonly file: string; readonly bytes: number }[]
}

const BENCH = fileURLToPath(new URL('..', import.meta.url))
const OTHERS = ['@aws-sdk/*', '@smithy/*', '@middy/*']

/** A handler of one line of work, and nothing else in its file. */
export function handlerSource(subject: SubjectName) {
  return {
    contents: `import { create } from './subjects/${subject}.ts'
export const handler = create({ table: process.env.BENCH_TABLE ?? 'table', work: async () => {} })\n`,
    resolveDir: BENCH,
    loader: 'ts',
    sourcefile: `${subject}-handler.ts`,
  } as const
}

/** Bundles the handler twice, without and with the SDK, and weighs what comes out. */
export async function measureSizes(subject: SubjectName): Promise<Sizes> {
  // No banner: it would count as ours.
  const { banner: _, ...options } = BUNDLE_OPTIONS
  const stdin = handlerSource(subject)
  const common = { ...options, stdin, minify: true, write: false, metafile: true } as const
  const own = await build({ ...common, external: OTHERS })
  const all = await build(common)
  const bytes = own.outputFiles[0]?.contents ?? new Uint8Array()
  return {
    ownBytes: bytes.length,
    ownGzipBytes: gzipSync(bytes, { level: 9 }).length,
    allBytes: all.outputFiles[0]?.contents.length ?? 0,
    parts: parts(own.metafile),
  }
}

function parts(metafile: Metafile): Sizes['parts'] {
  const [output] = Object.values(metafile.outputs)
  return Object.entries(output?.inputs ?? {})
    .map(([file, { bytesInOutput }]) => ({ file, bytes: bytesInOutput }))
    .filter(({ bytes }) => bytes > 0)
    .toSorted((a, b) => b.bytes - a.bytes)
}
