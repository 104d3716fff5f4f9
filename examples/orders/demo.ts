// npm run demo: see --help.
try {
  const { main } = await import('./demo/main.ts')
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  const { code, message } = error as { code?: string; message?: string }
  if (code !== 'ERR_MODULE_NOT_FOUND') throw error
  console.error(
    `${message}\nThe example imports the built package: run "npm ci" and "npm run build" first, or use "npm run demo".`,
  )
  process.exitCode = 1
}
