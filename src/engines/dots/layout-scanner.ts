import { unescapeAt, withoutTornCharacter } from './json-escape.ts'

/** What a scanner found at its place. */
export type Scanned<T> = {
  readonly value: T
  /** The text ended before the value did. */
  readonly isCut: boolean
}

const SPACE = new Set([' ', '\n', '\r', '\t', '\u00A0', '\uFEFF'])
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const BARE_WORD = /[^\s,:{}[\]"]+/y
// Longer than any key of a layout.
const KEY = /"[\w-]{1,40}"/y
const CUT_KEY = /"[\w-]{0,40}$/y

/**
 * Reads the tokens of JSON that may be broken, from left to right and in linear time. It finds the
 * end of a string even where quotes inside it are not escaped.
 */
export class LayoutScanner {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  /** The character at the scanner's place; `''` at the end. */
  get next(): string {
    return this.#text.charAt(this.#at)
  }

  /** The key that starts at this place and is followed by a colon; `null` where there is none. */
  get nextKey(): string | null {
    const quoted = this.#match(KEY, this.#at)
    if (quoted === null || this.#text.charAt(this.#afterSpace(this.#at + quoted.length)) !== ':') {
      return null
    }
    return quoted.slice(1, -1)
  }

  /** Goes to the first character that is no space. */
  skipSpace(): void {
    this.#at = this.#afterSpace(this.#at)
  }

  /** Goes one character on. */
  step(): void {
    this.#at += 1
  }

  /** Goes behind {@link nextKey}, its colon and space. */
  skipKey(key: string): void {
    const colon = this.#afterSpace(this.#at + key.length + 2)
    this.#at = this.#afterSpace(colon + 1)
  }

  /** The string that starts at this place, without its quotes and escapes. */
  readString(): Scanned<string> {
    const pieces: string[] = []
    let from = this.#at + 1
    let at = from
    while (at < this.#text.length) {
      const character = this.#text.charAt(at)
      if (character === '"' && this.#endsString(at + 1)) break
      if (character !== '\\') {
        at += 1
        continue
      }
      // A backslash at the end of LaTeX that is not escaped is no escape of the quote.
      if (this.#text.charAt(at + 1) === '"' && this.#startsNextCell(at + 2)) {
        at += 1
        break
      }
      const { value, length } = unescapeAt(this.#text, at)
      pieces.push(this.#text.slice(from, at), value)
      at += length
      from = at
    }
    const isCut = at >= this.#text.length
    const value = pieces.join('') + this.#text.slice(from, at)
    this.#at = isCut ? this.#text.length : at + 1
    return { value: isCut ? withoutTornCharacter(value) : value, isCut }
  }

  /**
   * The numbers of the array that starts at this place and of arrays in it; `NaN` for what is none.
   * It ends before a key or an object, too, where its bracket is missing.
   */
  readNumbers(): Scanned<number[]> {
    const numbers: number[] = []
    let depth = 0
    while (this.#at < this.#text.length) {
      const { next } = this
      if (next === '{' || next === '}' || this.nextKey !== null) break
      if (next === '[') depth += 1
      if (next === ']') depth -= 1
      const word = this.#match(BARE_WORD, this.#at)
      if (word !== null) numbers.push(this.#match(NUMBER, this.#at) === word ? Number(word) : NaN)
      this.#at += word?.length ?? 1
      if (depth === 0) return { value: numbers, isCut: false }
    }
    return { value: numbers, isCut: this.#at >= this.#text.length }
  }

  /** A word without quotes, such as `null` or a number; `''`, at the same place, where there is none. */
  readBareWord(): Scanned<string> {
    const word = this.#match(BARE_WORD, this.#at) ?? ''
    this.#at += word.length
    return { value: word, isCut: this.#at >= this.#text.length }
  }

  /**
   * Tells whether a quote before this place ends a string: whether what follows can follow a value.
   * By hand, because a pattern would go back and forth over long runs of space.
   */
  #endsString(from: number): boolean {
    let at = this.#afterSpace(from)
    if (this.#text.charAt(at) === ',') at = this.#afterSpace(at + 1)
    if (at >= this.#text.length || '}]'.includes(this.#text.charAt(at))) return true
    if (this.#text.charAt(at) === '{') at = this.#afterSpace(at + 1)
    if (at >= this.#text.length || this.#match(CUT_KEY, at) !== null) return true
    const key = this.#match(KEY, at)
    if (key === null) return false
    const after = this.#afterSpace(at + key.length)
    return after >= this.#text.length || this.#text.charAt(after) === ':'
  }

  /** Tells whether a cell ends at this place and another one starts, quotes not escaped. */
  #startsNextCell(from: number): boolean {
    let at = this.#afterSpace(from)
    if (this.#text.charAt(at) !== '}') return false
    at = this.#afterSpace(at + 1)
    if (this.#text.charAt(at) === ',') at = this.#afterSpace(at + 1)
    if (this.#text.charAt(at) !== '{') return false
    return this.#match(KEY, this.#afterSpace(at + 1)) !== null
  }

  #afterSpace(from: number): number {
    let at = from
    while (SPACE.has(this.#text.charAt(at))) at += 1
    return at
  }

  #match(pattern: RegExp, at: number): string | null {
    pattern.lastIndex = at
    return pattern.exec(this.#text)?.[0] ?? null
  }
}
