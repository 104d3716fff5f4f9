import { expect, test } from 'vitest'
import { dynamoStore } from '../../src/index.ts'
import { manualClock } from '../../src/testing/index.ts'
import { completion, token } from './asks.ts'

const CONTEXT = { deadline: 20_000, marginMs: 2_000, clockErrorMs: 1_000 }

function held() {
  return { id: `test#${token()}`, owner: token(), fence: 7, attempt: 1, fingerprint: undefined }
}

test('a settlement that hangs keeps those that come after it waiting for a quarter of a second, not longer', async () => {
  const clock = manualClock()
  const sent: string[][] = []
  const client = {
    send(command: { readonly input: { readonly Key?: object; readonly Statements?: readonly object[] } }) {
      sent.push((command.input.Statements ?? [command.input.Key ?? {}]).map((one) => JSON.stringify(one)))
      return sent.length === 1 ? new Promise<never>(() => {}) : Promise.resolve({ Responses: [{}, {}] })
    },
  }
  const store = dynamoStore({ table: 'records', client, runtime: clock })
  const first = store.settle([completion(held())], CONTEXT)
  await clock.advance(0)
  const [second, third] = [held(), held()]
  const after = [second, third].map((claim) => store.settle([completion(claim)], CONTEXT))
  await clock.advance(249)
  expect(sent).toHaveLength(1)
  await clock.advance(1)
  // Together, as they would have gone after its answer.
  expect(sent.map((statements) => statements.length)).toEqual([1, 2])
  expect(sent[1]?.[0]).toContain(second.id)
  expect(await Promise.all(after)).toEqual(Array(2).fill([{ kind: 'completed', duplicateEffect: false }]))
  await clock.advance(20_000)
  // Cut, and tried again.
  expect(await first).toEqual([{ kind: 'completed', duplicateEffect: false }])
})

test('the place that was given up is not given back twice', async () => {
  const clock = manualClock()
  const answers: (() => void)[] = []
  const client = {
    send: () => new Promise((resolve) => answers.push(() => resolve({ Responses: [{}, {}] }))),
  }
  const store = dynamoStore({ table: 'records', client, runtime: clock })
  const settle = () => store.settle([completion(held())], CONTEXT)
  const settled = [settle()]
  await clock.advance(250)
  settled.push(settle())
  await clock.advance(0)
  expect(answers).toHaveLength(2)
  // The first answers after all, while the second is in flight: the next two wait for the second's place.
  answers[0]?.()
  await clock.advance(0)
  settled.push(settle(), settle())
  await clock.advance(0)
  expect(answers).toHaveLength(2)
  answers[1]?.()
  await clock.advance(0)
  expect(answers).toHaveLength(3)
  answers[2]?.()
  expect(await Promise.all(settled)).toEqual(Array(4).fill([{ kind: 'completed', duplicateEffect: false }]))
})
