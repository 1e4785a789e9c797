import { inspect } from 'node:util'

/** A secret text: prints as `[redacted]` everywhere, revealed only at the point of use. */
export class Secret {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  /** The text itself. Never log it. */
  reveal(): string {
    return this.#text
  }

  /** Keeps the text out of string concatenation. */
  toString(): string {
    return '[redacted]'
  }

  /** Keeps the text out of JSON. */
  toJSON(): string {
    return '[redacted]'
  }

  /** Keeps the text out of `console.log` and error dumps. */
  [inspect.custom](): string {
    return '[redacted]'
  }
}
