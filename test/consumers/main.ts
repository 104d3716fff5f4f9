import { parseArgs } from 'node:util'
import { cells } from './cells.ts'
import { packCleanClone } from './pack.ts'
import { World } from './world.ts'

const HELP = `Installs the packed package in empty projects and uses it as strangers do.

  npm run consumers                     every cell
  npm run consumers -- --only jest      those whose name contains "jest" (may be repeated)
  npm run consumers -- --list           their names
  npm run consumers -- --tarball FILE   a tarball instead of one that is packed from a clean clone of HEAD
  npm run consumers -- --keep           keep the folder with the projects, and say where it is

Exit code: 0 all passed; 1 one failed; 2 usage.`

process.exitCode = await main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', multiple: true, default: [] },
      tarball: { type: 'string' },
      list: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return say(HELP, 0)
  const chosen = cells.filter(
    ({ name }) => values.only.length === 0 || values.only.some((part) => name.includes(part)),
  )
  if (chosen.length === 0) return say(`No cell's name contains ${values.only.join(' or ')}. Try --list.`, 2)
  if (values.list) return say(chosen.map(({ name }) => name).join('\n'), 0)

  const { tarball } = values
  const world = new World(tarball === undefined ? packCleanClone : async () => tarball)
  const began = performance.now()
  const lines: string[] = []
  let failed = 0
  try {
    for (const [index, cell] of chosen.entries()) {
      process.stdout.write(`[${index + 1}/${chosen.length}] ${cell.name} … `)
      const started = performance.now()
      let verdict = 'ok'
      try {
        await cell.run(world)
      } catch (error) {
        verdict = 'FAILED'
        failed += 1
        process.stdout.write(`\n${error instanceof Error ? error.message : String(error)}\n`)
      }
      const seconds = ((performance.now() - started) / 1_000).toFixed(1)
      say(`${verdict} (${seconds} s)`, 0)
      lines.push(`${verdict.padEnd(8)}${seconds.padStart(6)} s  ${cell.name}`)
    }
  } finally {
    await world.close(values.keep)
  }
  say(`\n${lines.join('\n')}\n`, 0)
  if (values.keep) say(`The projects are in ${world.folder}.`, 0)
  say(`All cells took ${Math.round((performance.now() - began) / 1_000)} s, installs included.`, 0)
  return say(`${chosen.length - failed} passed, ${failed} failed`, failed === 0 ? 0 : 1)
}

function say(text: string, code: number): number {
  process.stdout.write(`${text}\n`)
  return code
}
