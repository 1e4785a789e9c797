/** A stretch at the end of a window that repeats with one period, all counted in symbols. */
export type RepeatedTail = {
  readonly period: number
  /** Length of the stretch; several periods, the oldest of them cut anywhere. */
  readonly extent: number
}

const ZERO = 0x30
const HAN_ZERO = 0x3007
const HAN_NUMERALS = new Set('〇零一二三四五六七八九十百千'.split('').map((c) => c.charCodeAt(0)))
const NOT_A_NUMBER = -1
// Numbers are only compared by their differences; this keeps long digit runs exact.
const NUMBER_MODULUS = 1e9

/**
 * The last symbols of a growing text. A symbol is a UTF-16 unit; where numbers are `collapsed`, a
 * whole number is one symbol too, so that `9. foo 10. foo` has a period.
 */
export class SymbolWindow {
  readonly #size: number
  readonly #isCollapsed: boolean
  readonly #codes: Uint16Array
  readonly #offsets: Uint32Array
  readonly #values: Int32Array
  #length = 0
  #offset = 0

  constructor(options: { size: number; numbers: 'collapsed' | 'verbatim' }) {
    this.#size = options.size
    this.#isCollapsed = options.numbers === 'collapsed'
    this.#codes = new Uint16Array(options.size * 2)
    this.#offsets = new Uint32Array(options.size * 2)
    this.#values = new Int32Array(options.size * 2)
  }

  get length(): number {
    return this.#length
  }

  add(text: string): void {
    for (let index = 0; index < text.length; index += 1) {
      this.#push(text.charCodeAt(index))
      this.#offset += 1
    }
  }

  /** Characters of the whole text before a symbol; `index` may be the length. */
  offsetAt(index: number): number {
    return index < this.#length ? (this.#offsets[index] ?? 0) : this.#offset
  }

  /** Symbols as text, numbers as `0` where they are collapsed. */
  textOf(start: number, end: number): string {
    return String.fromCharCode(...this.#codes.subarray(start, end))
  }

  /**
   * The stretches at the end that repeat at least three times, shortest period first. A period is
   * left out when a shorter one explains it.
   */
  repeatedTails(options: { maxPeriod: number; minExtent: number }): RepeatedTail[] {
    const tails: RepeatedTail[] = []
    let explained = 0
    const matches = this.#tailMatches(options.maxPeriod)
    for (let period = 1; period < matches.length; period += 1) {
      const extent = period + (matches[period] ?? 0)
      if (extent < options.minExtent || extent < 3 * period || extent <= explained + period)
        continue
      explained = extent
      tails.push({ period, extent })
    }
    return tails
  }

  /** How much of a tail's extent has numbers that stay or grow by equal steps, one in ten excepted. */
  regularExtent({ period, extent }: RepeatedTail): number {
    // The last number may not be complete yet.
    const end = this.#length - 1
    let compared = 0
    let irregular = 0
    let regular = 2 * period
    for (let index = end - 1; index >= this.#length - extent + period; index -= 1) {
      const [older, value, newer] = [index - period, index, index + period].map(
        (place) => this.#values[place] ?? NOT_A_NUMBER,
      )
      if (value === undefined || older === undefined || newer === undefined) break
      if (value !== NOT_A_NUMBER && index + period < end) {
        compared += 1
        if (value - older !== newer - value) irregular += 1
      }
      if (irregular * 10 <= compared) regular = this.#length - index + period
    }
    return Math.min(extent, regular)
  }

  #push(code: number): void {
    if (this.#isCollapsed && this.#hasGrownNumber(code)) return
    if (this.#length === this.#codes.length) this.#dropOldest()
    const at = this.#length
    const isHanNumeral = this.#isCollapsed && HAN_NUMERALS.has(code)
    const isDigit = this.#isCollapsed && isAsciiDigit(code)
    this.#codes[at] = isHanNumeral ? HAN_ZERO : isDigit ? ZERO : code
    this.#values[at] = isDigit ? code - ZERO : NOT_A_NUMBER
    this.#offsets[at] = this.#offset
    this.#length += 1
  }

  #hasGrownNumber(code: number): boolean {
    const last = this.#length - 1
    const lastCode = this.#codes[last]
    if (last < 0) return false
    if (lastCode === HAN_ZERO) return HAN_NUMERALS.has(code)
    if (lastCode !== ZERO || !isAsciiDigit(code)) return false
    const value = this.#values[last] ?? 0
    this.#values[last] = (value * 10 + code - ZERO) % NUMBER_MODULUS
    return true
  }

  #dropOldest(): void {
    for (const array of [this.#codes, this.#offsets, this.#values]) array.copyWithin(0, this.#size)
    this.#length -= this.#size
  }

  /**
   * For every period up to `maxPeriod`: how many symbols at the end equal the one a period earlier.
   * The Z-function of the reversed window, so linear in its length.
   */
  #tailMatches(maxPeriod: number): Uint32Array {
    const codes = this.#codes
    const last = this.#length - 1
    const length = Math.min(this.#length, this.#size)
    const matches = new Uint32Array(Math.min(maxPeriod + 1, length))
    let left = 0
    let right = 0
    for (let shift = 1; shift < matches.length; shift += 1) {
      let matched = shift < right ? Math.min(right - shift, matches[shift - left] ?? 0) : 0
      while (shift + matched < length && codes[last - matched] === codes[last - shift - matched]) {
        matched += 1
      }
      matches[shift] = matched
      if (shift + matched > right) {
        left = shift
        right = shift + matched
      }
    }
    return matches
  }
}

function isAsciiDigit(code: number): boolean {
  return code >= ZERO && code < ZERO + 10
}
