import { isLoop, type RepeatedText } from './repetition-rules.ts'
import { SymbolWindow, type RepeatedTail } from './symbol-window.ts'

// More than the longest stretch that is let pass.
const WINDOW = 24_000
const MAX_PERIOD = 4_000
const MIN_EXTENT_CHARACTERS = 1_200
const MIN_EXTENT_SYMBOLS = 300
// Each look costs some 2 × WINDOW steps: about 50 per character, however the pieces are cut.
const CHARACTERS_BETWEEN_LOOKS = 1_024

/**
 * Watches a text as it grows and notices when a model only repeats itself: a token, a phrase, table
 * rows, or a template in which only numbers count up.
 *
 * Honest repetition is let pass: see `isLoop`. Work and memory are bounded: linear in the text,
 * about 1 MB while it is held.
 */
export class RepetitionWatch {
  readonly #verbatim = new SymbolWindow({ size: WINDOW, numbers: 'verbatim' })
  readonly #collapsed = new SymbolWindow({ size: WINDOW, numbers: 'collapsed' })
  #length = 0
  #untilLook = CHARACTERS_BETWEEN_LOOKS
  #keptLength: number | null = null

  /** Takes the next piece; true once the text has turned into a loop, and from then on. */
  add(piece: string): boolean {
    for (let start = 0; start < piece.length && this.#keptLength === null;) {
      const part = piece.slice(start, start + this.#untilLook)
      this.#verbatim.add(part)
      this.#collapsed.add(part)
      start += part.length
      this.#length += part.length
      this.#untilLook -= part.length
      if (this.#untilLook > 0) continue
      this.#untilLook = CHARACTERS_BETWEEN_LOOKS
      this.#keptLength = this.#look()
    }
    return this.#keptLength !== null
  }

  /** Characters up to the end of the loop's first round; all that were added while there is none. */
  get keptLength(): number {
    return this.#keptLength ?? this.#length
  }

  #look(): number | null {
    return (
      lengthBeforeLoop(this.#verbatim, (tail) => [{ ...tail, numbers: 'equal' }]) ??
      lengthBeforeLoop(this.#collapsed, (tail) => [
        { ...tail, extent: this.#collapsed.regularExtent(tail), numbers: 'counting' },
        { ...tail, numbers: 'varying' },
      ])
    )
  }
}

type Reading = RepeatedTail & Pick<RepeatedText, 'numbers'>

function lengthBeforeLoop(
  window: SymbolWindow,
  readingsOf: (tail: RepeatedTail) => Reading[],
): number | null {
  const options = { maxPeriod: MAX_PERIOD, minExtent: MIN_EXTENT_SYMBOLS }
  for (const { period, extent, numbers } of window.repeatedTails(options).flatMap(readingsOf)) {
    const start = window.length - extent
    const length = window.offsetAt(window.length) - window.offsetAt(start)
    if (length < MIN_EXTENT_CHARACTERS) continue
    const pattern = window.textOf(start, start + period)
    const repeats = extent / period
    if (isLoop({ pattern, repeats, length, numbers })) return window.offsetAt(start + period)
  }
  return null
}
