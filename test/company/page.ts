import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The page whose tables the tests of this folder write. */
export const PAGE: string = join(import.meta.dirname, '../../docs/company.md')

/** The page with the table of one section as it must be now: between `<!-- table: name -->` and `<!-- end -->`. */
export function pageWith(section: string, table: readonly string[]): string {
  const page = readFileSync(PAGE, 'utf8')
  const begin = `<!-- table: ${section} -->\n`
  const from = page.indexOf(begin)
  const to = page.indexOf('<!-- end -->', from)
  if (from === -1 || to === -1) throw new Error(`docs/company.md has no section "${section}".`)
  return `${page.slice(0, from)}${begin}\n${table.join('\n')}\n\n${page.slice(to)}`
}

/** A row of a table; a bar inside of a cell would end it. */
export function rowOf(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`
}
