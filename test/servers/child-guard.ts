import { type ChildProcess, spawn } from 'node:child_process'

/**
 * Sees to it that a child does not outlive this process, however this process ends. An exit hook covers an orderly
 * end; a watcher that waits for its standard input to close covers SIGKILL. Both go away with the child.
 */
export function guardChild(child: ChildProcess): void {
  const { pid } = child
  if (pid === undefined) return
  const onExit = () => child.kill('SIGKILL')
  process.on('exit', onExit)
  const watcher = spawn('/bin/sh', ['-c', 'read -r _; kill -9 "$1"', 'guard', String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  watcher.on('error', () => {}) // no shell: the exit hook alone has to do
  watcher.unref()
  // Its end of the pipe must not keep this process alive. A pipe is a socket here, whatever its type says.
  const input: { unref?: () => void } | null = watcher.stdin as { unref?: () => void } | null
  input?.unref?.()
  child.once('exit', () => {
    process.off('exit', onExit)
    watcher.kill('SIGKILL')
  })
}
