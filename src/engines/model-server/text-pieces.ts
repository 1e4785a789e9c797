/**
 * Hands the pieces of a text on as they come, except that no character is cut in two and what is
 * half of one is replaced: together they are the text, well-formed.
 */
export class TextPieces {
  readonly #take: (piece: string) => void
  /** First half of a character whose second half may come next. */
  #half = ''

  constructor(take: (piece: string) => void) {
    this.#take = take
  }

  /** Takes the next piece. */
  add(piece: string): void {
    const text = this.#half + piece
    this.#half = /[\ud800-\udbff]$/.exec(text)?.[0] ?? ''
    this.#handOn(text.slice(0, text.length - this.#half.length))
  }

  /** Nothing more comes. */
  end(): void {
    this.#handOn(this.#half)
    this.#half = ''
  }

  #handOn(text: string): void {
    if (text !== '') this.#take(text.toWellFormed())
  }
}
