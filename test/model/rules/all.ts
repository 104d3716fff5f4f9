import { claims } from './claim.ts'
import { deletion } from './deletion.ts'
import { ends } from './ends.ts'
import { handlers, starts } from './handler.ts'
import { lateArrivals } from './network.ts'
import { queue } from './queue.ts'
import { remains, responses } from './respond.ts'
import { settlements } from './settle.ts'
import type { Rule } from './step.ts'
import { tick } from './tick.ts'

/** Everything that can happen, in a fixed order, so that every run explores the same states in the same order. */
export const rules: readonly Rule[] = [
  queue,
  claims,
  starts,
  handlers,
  settlements,
  responses,
  remains,
  lateArrivals,
  ends,
  deletion,
  tick,
]
