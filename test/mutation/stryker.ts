import { Stryker } from '@stryker-mutator/core'
import { ROOM_VARIABLE, type Room } from './rooms.ts'

/** What became of a room's mutants. */
export interface Score {
  readonly room: string
  readonly mutants: number
  readonly killed: number
  readonly timeout: number
  readonly survived: number
  /** Reached by no test. */
  readonly noCoverage: number
  /** Killed or timed out, of all that are valid; percent. */
  readonly score: number
  readonly breakAt: number
}

/** What differs from run to run; the rest is in the file. The threshold is the caller's to check, once for each room. */
function optionsOf(room: Room, mutate: readonly string[], concurrency: number) {
  return {
    configFile: 'test/mutation/stryker.json',
    mutate: [...mutate],
    concurrency,
    thresholds: { high: 100, low: room.breakAt, break: null },
    jsonReporter: { fileName: `reports/mutation/${room.name}.json` },
  }
}

/**
 * Changes the room's source in every way that Stryker knows, one change at a time, and runs the tests that reach it.
 * Prints each mutant that no test noticed.
 *
 * @param files globs inside the room; without any, all of it
 */
export async function runRoom(room: Room, files: readonly string[], concurrency: number): Promise<Score> {
  process.env[ROOM_VARIABLE] = room.name
  const mutate = files.length > 0 ? files : [`src/${room.name}/**/*.ts`]
  const results = await new Stryker(optionsOf(room, mutate, concurrency)).runMutationTest()
  const count = (status: string) => results.filter((result) => result.status === status).length
  const killed = count('Killed')
  const timeout = count('Timeout')
  const survived = count('Survived')
  const noCoverage = count('NoCoverage')
  const mutants = killed + timeout + survived + noCoverage
  const score = mutants === 0 ? 0 : (100 * (killed + timeout)) / mutants
  return { room: room.name, mutants, killed, timeout, survived, noCoverage, score, breakAt: room.breakAt }
}
