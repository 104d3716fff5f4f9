/** Reads the tokens of an expression or statement one after the other. */
export class Tokens {
  #tokens: readonly string[]
  #next = 0
  readonly text: string

  constructor(text: string, pattern: RegExp) {
    this.text = text
    const tokens = text.match(pattern) ?? []
    const length = tokens.reduce((sum, token) => sum + token.length, 0)
    if (length !== text.replace(/\s/g, '').length + spacesInside(tokens)) {
      throw new Error(`the simulated table cannot read ${JSON.stringify(text)}`)
    }
    this.#tokens = tokens
  }

  peek(): string | undefined {
    return this.#tokens[this.#next]
  }

  take(): string {
    const token = this.#tokens[this.#next++]
    if (token === undefined) throw this.error('more')
    return token
  }

  /** Takes the next token if it is this word. */
  skip(word: string): boolean {
    if (this.peek() !== word) return false
    this.#next++
    return true
  }

  expect(word: string): void {
    if (!this.skip(word)) throw this.error(word)
  }

  end(): void {
    if (this.peek() !== undefined) throw this.error('the end')
  }

  error(wanted: string): Error {
    return new Error(
      `the simulated table expected ${wanted}, not ${this.peek() ?? 'the end'}, in ${JSON.stringify(this.text)}`,
    )
  }
}

function spacesInside(tokens: readonly string[]): number {
  return tokens.reduce((sum, token) => sum + (token.match(/\s/g)?.length ?? 0), 0)
}
