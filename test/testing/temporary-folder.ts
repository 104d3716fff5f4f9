import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'

/**
 * One temporary folder for a whole run of the tests, gone with it: the CDK, for one, makes a folder for each template
 * that it synthesises and leaves it there. The processes of the tests inherit it.
 */
export default async function temporaryFolder(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'oncekit-test-'))
  project.config.env['TMPDIR'] = folder
  return () => rm(folder, { recursive: true, force: true })
}
