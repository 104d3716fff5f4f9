import type { Progress } from './conduct.ts'

const BAR_WIDTH = 24
const PLAIN_EVERY_SECONDS = 5

/** Shows where a run stands: a bar that redraws itself on a terminal, a line every few seconds elsewhere. */
export function progressBar(output: NodeJS.WriteStream): { show(progress: Progress): void; end(): void } {
  let last = Number.NEGATIVE_INFINITY
  return {
    show(progress) {
      if (output.isTTY) {
        output.write(`\r\u001b[K${line(progress).slice(0, Math.max(20, output.columns - 1))}`)
      } else if (progress.seconds - last >= PLAIN_EVERY_SECONDS) {
        last = progress.seconds
        output.write(`${line(progress)}\n`)
      }
    },
    end() {
      if (output.isTTY) output.write('\r\u001b[K')
    },
  }
}

function line({ messages, done, kills, outages, faults, seconds }: Progress): string {
  const bar = '#'.repeat(Math.floor((done / messages) * BAR_WIDTH)).padEnd(BAR_WIDTH, '.')
  return [
    `[${bar}] ${done}/${messages} done`,
    `${kills} workers killed`,
    `${outages} store crashes`,
    `${faults} faults`,
    `${Math.floor(seconds)} s`,
  ].join(' · ')
}
