import type { Invariant } from './invariant.ts'
import { PAGES } from './pages.ts'

const LEAST = 2
const MOST_MINIMUM = 200
const MOST_MAXIMUM = 10_000

/**
 * Provisioned pollers of an SQS mapping: minimum 2 to 200, maximum 2 to 10,000 and not below the minimum.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_ProvisionedPollerConfig.html
 */
export const provisionedPollers: Invariant = {
  id: 'provisioned-pollers',
  severity: 'throw',
  reason: 'Lambda refuses any other numbers of pollers.',
  page: PAGES.mappingScaling,
  check: ({ pollers }) => {
    if (pollers === undefined) return undefined
    const { minimum = LEAST, maximum = MOST_MINIMUM } = pollers
    const within = minimum >= LEAST && minimum <= MOST_MINIMUM && maximum >= LEAST && maximum <= MOST_MAXIMUM
    if (within && minimum <= maximum) return undefined
    return {
      found: `provisionedPollers is from ${minimum} to ${maximum}.`,
      fix: `Set minimum from ${LEAST} to ${MOST_MINIMUM}, maximum from ${LEAST} to ${MOST_MAXIMUM}, and minimum to at most maximum.`,
    }
  },
}
