import { number } from './table.ts'

export interface Bar {
  readonly series: string
  readonly value: number
}

export interface BarGroup {
  readonly label: string
  readonly bars: readonly Bar[]
}

const WIDTH = 720
const LEFT = 130
const RIGHT = 90
const BAR = 16
const GAP = 14
const TOP = 64
// Colour-blind safe, and readable on white and on dark pages alike.
const COLOURS: Record<string, string> = { oncekit: '#0072b2', powertools: '#d55e00', floor: '#8a8a8a' }

/** Horizontal bars from zero, in groups, each with its number beside it. */
export function barChart(title: string, unit: string, groups: readonly BarGroup[]): string {
  const shown = groups.filter((group) => group.bars.length > 0)
  const largest = Math.max(...shown.flatMap((group) => group.bars.map((bar) => bar.value)), 1e-9)
  const scale = (WIDTH - LEFT - RIGHT) / largest
  const series = [...new Set(shown.flatMap((group) => group.bars.map((bar) => bar.series)))]
  const parts: string[] = []
  let y = TOP
  for (const { label, bars } of shown) {
    const middle = y + (bars.length * BAR) / 2 + 4
    parts.push(`<text x="${LEFT - 10}" y="${middle}" text-anchor="end">${xml(label)}</text>`)
    for (const bar of bars) {
      const width = Math.max(1, bar.value * scale)
      const text = [number(bar.value), unit].filter(Boolean).join(' ')
      parts.push(
        `<rect x="${LEFT}" y="${y}" width="${width.toFixed(1)}" height="${BAR - 2}" fill="${COLOURS[bar.series] ?? '#666'}"/>`,
        `<text x="${(LEFT + width + 6).toFixed(1)}" y="${y + BAR - 5}" class="value">${xml(text)}</text>`,
      )
      y += BAR
    }
    y += GAP
  }
  const legend = series.map(
    (name, index) =>
      `<rect x="${LEFT + index * 120}" y="36" width="12" height="12" fill="${COLOURS[name] ?? '#666'}"/><text x="${LEFT + index * 120 + 18}" y="47">${xml(name)}</text>`,
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" role="img" aria-label="${xml(title)}">
<style>text{font:13px system-ui,sans-serif;fill:#333}.title{font-weight:600;font-size:15px}.value{font-size:12px}</style>
<rect width="100%" height="100%" fill="#fff"/>
<text x="10" y="22" class="title">${xml(title)}</text>
${[...legend, ...parts].join('\n')}
</svg>
`
}

function xml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}
