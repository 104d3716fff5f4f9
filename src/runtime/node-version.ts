/** Lambda's oldest runtime with what is used here: `Promise.withResolvers`, `crypto.hash`, `isWellFormed`. */
const OLDEST_MAJOR = 22

/** What is wrong with the version of Node.js, in one sentence; `undefined` if it will do. */
export function nodeProblem(version: string): string | undefined {
  if (Number.parseInt(version, 10) >= OLDEST_MAJOR) return undefined
  return `oncekit needs Node.js ${OLDEST_MAJOR} or newer, and this is Node.js ${version}: choose a newer runtime (on Lambda nodejs22.x or nodejs24.x).`
}
