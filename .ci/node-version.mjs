// Runs before every npm script that needs a modern Node. Plain JavaScript for the oldest Node that can read it.
const [major] = process.versions.node.split('.').map(Number)
if (major < 22) {
  console.error(
    `oncekit needs Node 22 or newer; this is Node ${process.version}. Run "npm ci" first: on linux-x64 it brings Node 24 into node_modules/.bin, which npm scripts use. Elsewhere install Node 22 or 24 (Lambda's runtimes).`,
  )
  process.exit(1)
}
console.log(`Node ${process.version}`)
