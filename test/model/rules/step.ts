import type { World } from '../state/world.ts'

/**
 * Offers one step from the current state: `act` changes the world's bytes to the next state. After the call the world
 * is back in the state that is being expanded, so a rule can offer the next alternative at once.
 * `fault`: a step that stops happening when faults stop.
 */
export type Step = (who: string, what: string, fault: boolean, act: () => void) => void

/** Offers every step that its part of the system can make now. */
export type Rule = (world: World, step: Step) => void

export const HOST_NAMES: readonly string[] = ['host 1', 'host 2', 'host 3', 'host 4']
