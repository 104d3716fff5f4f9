import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { dynamoClient, localEnvironment } from '../servers/clients.ts'
import { type DynamoDbServer, startDynamoDb } from '../servers/dynamodb.ts'
import { createTable } from '../servers/table.ts'
import { run } from './command.ts'
import { PROJECTS, type ProjectName } from './projects.ts'

export const ROOT: string = join(import.meta.dirname, '../..')
const FIXTURES = join(import.meta.dirname, 'fixtures')

/** Lambda's two runtimes, and those before them, which oncekit refuses. */
export type NodeVersion = '24' | '22' | '20' | '18'

/** What the cells share: the tarball, installed projects, runtimes and a DynamoDB server; each made at its first use. */
export class World {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'oncekit-consumers-'))
  readonly tarball: () => Promise<string>
  readonly #installed = new Map<string, Promise<string>>()
  #server: Promise<DynamoDbServer> | undefined
  #tables = 0

  constructor(pack: (folder: string) => Promise<string>) {
    let packed: Promise<string> | undefined
    this.tarball = () => {
      packed ??= pack(this.folder)
      return packed
    }
  }

  /** The folder of a project, installed, with all fixtures in it. */
  project(name: ProjectName): Promise<string> {
    let installed = this.#installed.get(name)
    if (installed === undefined) {
      installed = this.#install(name)
      this.#installed.set(name, installed)
    }
    return installed
  }

  async #install(name: ProjectName): Promise<string> {
    const folder = join(this.folder, name)
    mkdirSync(folder)
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, private: true }))
    await this.install(folder, PROJECTS[name])
    cpSync(FIXTURES, folder, { recursive: true })
    return folder
  }

  /** As a stranger would: no flag that helps; `oncekit` stands for the tarball. */
  async install(folder: string, packages: readonly string[]): Promise<string> {
    const specs = await Promise.all(packages.map((spec) => (spec === 'oncekit' ? this.tarball() : spec)))
    const quiet = ['--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts']
    return run('npm', ['install', ...quiet, ...specs], { cwd: folder })
  }

  /** A runtime's binary. */
  async node(version: NodeVersion): Promise<string> {
    if (version === '24') return process.execPath
    return join(await this.project('tools'), `node_modules/node-${version}/bin/node`)
  }

  /** Environment of a function with a table of its own on the local server. */
  async environment(): Promise<Record<string, string>> {
    this.#server ??= startDynamoDb()
    const { endpoint } = await this.#server
    this.#tables += 1
    const table = `consumers-${process.pid}-${this.#tables}`
    const client = dynamoClient(endpoint)
    await createTable(client, table)
    client.destroy()
    return {
      ...localEnvironment({ dynamodb: endpoint }),
      ONCEKIT_TABLE: table,
      ONCEKIT_NAMESPACE: 'consumers',
    }
  }

  /** Writes a file of a project. */
  write(folder: string, name: string, text: string): void {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }

  async close(keep: boolean): Promise<void> {
    await (await this.#server)?.stop()
    if (!keep && existsSync(this.folder)) rmSync(this.folder, { recursive: true, force: true })
  }
}

/** One check of the matrix. It throws what is wrong. */
export interface Cell {
  readonly name: string
  run(world: World): Promise<void>
}
