const PLAIN_EVERY_MS = 2000
const BAR_WIDTH = 30

/** Shows how many messages are done: a bar that redraws itself on a terminal, a line every two seconds elsewhere. */
export function progressLine(output: NodeJS.WriteStream): {
  show(done: number, total: number): void
  end(): void
} {
  let last = Number.NEGATIVE_INFINITY
  return {
    show(done, total) {
      const filled = Math.round((done / Math.max(1, total)) * BAR_WIDTH)
      const line = `[${'#'.repeat(filled).padEnd(BAR_WIDTH, '.')}] ${done}/${total} messages done`
      if (output.isTTY) output.write(`\r\u001b[K${line}`)
      else if (performance.now() - last >= PLAIN_EVERY_MS) {
        last = performance.now()
        output.write(`${line}\n`)
      }
    },
    end() {
      if (output.isTTY) output.write('\r\u001b[K')
    },
  }
}
