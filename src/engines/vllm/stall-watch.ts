/** How silence of a running request is noticed. */
export type StallWatchOptions = {
  readonly stallMs: number
  /** Asked after every silence of `stallMs`. */
  readonly isDead: () => Promise<boolean>
  readonly onDeath: () => void
}

/**
 * Asks whether a server is dead whenever nothing came for too long. A vLLM that was told to end keeps
 * its connections open without a byte until the client leaves (0.32).
 */
export class StallWatch implements Disposable {
  readonly #options: StallWatchOptions
  #timer: NodeJS.Timeout | undefined
  #isOver = false

  constructor(options: StallWatchOptions) {
    this.#options = options
    this.touch()
  }

  /** Something came. */
  touch(): void {
    clearTimeout(this.#timer)
    if (!this.#isOver) this.#timer = setTimeout(() => void this.#ask(), this.#options.stallMs)
  }

  [Symbol.dispose](): void {
    this.#isOver = true
    clearTimeout(this.#timer)
  }

  async #ask(): Promise<void> {
    // A question that fails otherwise, as on abort, is no reason to stop.
    const isDead = await this.#options.isDead().catch(() => false)
    if (this.#isOver) return
    if (!isDead) return this.touch()
    this[Symbol.dispose]()
    this.#options.onDeath()
  }
}
