import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { Order } from '../order.ts'

const ORDERS_FILE = fileURLToPath(new URL('../orders.ndjson', import.meta.url))

/** One line of the input: one message. */
export interface Line {
  /** 1-based line number: the message's identity in the fault plan. */
  readonly number: number
  readonly text: string
  /** The order, when the line is a valid one. */
  readonly order: Order | undefined
}

/** Reads NDJSON; empty lines are skipped. `-` reads standard input. */
export async function readLines(input: string | undefined): Promise<Line[]> {
  const source = input === '-' ? process.stdin : createReadStream(input ?? ORDERS_FILE)
  const lines: Line[] = []
  let number = 0
  // A stream's error reaches the loop only through an iterator of its own.
  const failure = new Promise<never>((_resolve, reject) => source.once('error', reject))
  const reading = (async () => {
    for await (const text of createInterface({ input: source, crlfDelay: Number.POSITIVE_INFINITY })) {
      number += 1
      if (text.trim() !== '') lines.push({ number, text, order: parseOrder(text) })
    }
  })()
  await Promise.race([reading, failure])
  if (lines.length === 0)
    throw new Error(`${input ?? ORDERS_FILE} holds no orders: expected one JSON object per line.`)
  return lines
}

function parseOrder(text: string): Order | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  return Order.safeParse(value).data
}
