import type { Progress } from './run.ts'

const BAR_WIDTH = 24
const PLAIN_EVERY_SECONDS = 2

/** Shows where a run stands: a bar that redraws itself on a terminal, a line every two seconds elsewhere. */
export function progressBar(output: NodeJS.WriteStream): { show(progress: Progress): void; end(): void } {
  let last = Number.NEGATIVE_INFINITY
  return {
    show(progress) {
      if (output.isTTY) {
        // Some terminals do not say how wide they are.
        const width = output.columns || 80
        output.write(`\r\u001b[K${line(progress).slice(0, width - 1)}`)
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

function line({ sent, left, journal, cuts, seconds }: Progress): string {
  const done = sent - left
  const filled = Math.round((done / sent) * BAR_WIDTH)
  const bar = '#'.repeat(filled).padEnd(BAR_WIDTH, '.')
  return [
    `[${bar}] ${done}/${sent} done`,
    `${journal.count('completed')} completed`,
    `${journal.count('duplicate')} skipped`,
    `${journal.count('busy')} busy`,
    `${journal.takeovers} taken over`,
    `${journal.kills} killed`,
    `${cuts} cut`,
    `${Math.floor(seconds)} s`,
  ].join(' · ')
}
