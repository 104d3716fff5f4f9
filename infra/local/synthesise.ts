import { execFile } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ROOT } from '../app/ensure-built.ts'

/** Where `cdk synth` puts it, too. */
export const OUTPUT: string = join(ROOT, 'infra', 'cdk.out')

/**
 * Runs the CDK app as the CLI does: a process that writes the cloud assembly. Returns the assembly's folder.
 * @throws when the app fails, with what it printed.
 */
export async function synthesise(output: string = OUTPUT): Promise<string> {
  await rm(output, { recursive: true, force: true })
  const app = join(ROOT, 'infra', 'app', 'app.ts')
  try {
    await promisify(execFile)(process.execPath, [app], {
      cwd: ROOT,
      env: { ...process.env, CDK_OUTDIR: output },
      maxBuffer: 64 * 1024 * 1024,
    })
  } catch (error) {
    const printed = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error)
    throw new Error(`The CDK app failed:\n${printed}`, { cause: error })
  }
  return output
}
