/** A folder of the core and the tests that must notice every change in it. */
export interface Room {
  readonly name: string
  /** Its tests: globs. */
  readonly tests: readonly string[]
  /** The run fails when fewer mutants than this are noticed, in percent: a little below what was measured. */
  readonly breakAt: number
}

export const ROOMS: readonly Room[] = [
  { name: 'protocol', tests: ['test/protocol/**/*.test.ts'], breakAt: 95 },
  { name: 'engine', tests: ['test/engine/**/*.test.ts', 'test/lambda/**/*.test.ts'], breakAt: 93 },
  { name: 'store', tests: ['test/store/**/*.test.ts', 'test/mutation/contract-rules.ts'], breakAt: 90 },
]

/**
 * Tests that take long by themselves: they would run once for each mutant that they reach. What they know and the fast
 * tests do not counts as not noticed here.
 */
export const TOO_LONG: readonly string[] = [
  'test/engine/properties.test.ts',
  'test/lambda/failures/**',
  'test/store/dynamodb-contract.test.ts',
  'test/store/dynamodb-contract-faults.test.ts',
  'test/store/dynalite-contract.test.ts',
  'test/store/model.test.ts',
  // It changes the source by itself, and would not find its text in Stryker's.
  'test/store/model-finds.test.ts',
  'test/store/stuck-redeliveries.test.ts',
]

/** How the room is told to the test runner, which Stryker starts as processes of its own. */
export const ROOM_VARIABLE = 'MUTATION_ROOM'

/** @throws Error when there is no such room */
export function roomNamed(name: string | undefined): Room {
  const room = ROOMS.find((one) => one.name === name)
  if (room !== undefined) return room
  const names = ROOMS.map((one) => one.name).join(', ')
  throw new Error(`There is no room "${name}". Rooms: ${names}.`)
}
