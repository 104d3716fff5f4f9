// One cold start, in plain JavaScript so that no type stripping is in the way. Usage: child.mjs FILE import|first
const [file, what] = process.argv.slice(2)

if (what === 'import') {
  // The SDK is there whoever uses it: what is timed is what comes on top of it.
  await import('@aws-sdk/client-dynamodb')
  if (file.includes('powertools')) await import('@aws-sdk/util-dynamodb')
  const cpu = process.cpuUsage()
  const from = performance.now()
  await import(file)
  const importMs = performance.now() - from
  const { user, system } = process.cpuUsage(cpu)
  process.send({ importMs, importCpuMs: (user + system) / 1_000 })
} else {
  const { batchEvent, lambdaContext } = await import('./events.mjs')
  const event = batchEvent(process.env.BENCH_BATCH, { size: 10, state: 'fresh' })
  const from = performance.now()
  const { handler } = await import(file)
  const imported = performance.now()
  const answer = await handler(event, lambdaContext('cold'))
  const answered = performance.now()
  if (answer.batchItemFailures.length > 0) throw new Error('The first batch failed.')
  process.send({ importMs: imported - from, firstBatchMs: answered - imported })
}
process.disconnect()
