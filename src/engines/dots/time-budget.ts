/**
 * Time that may be spent on a page. It passes only while something is done for the page, once however
 * much is done at the same time, and not while all of it waits in line.
 */
export class TimeBudget {
  readonly #end = new AbortController()
  readonly #now: () => number
  #leftMs: number
  #running = 0
  #resumedAtMs = 0
  #timer: NodeJS.Timeout | undefined

  /** @param now A clock of milliseconds that never goes back. */
  constructor(budgetMs: number, now: () => number = () => performance.now()) {
    this.#leftMs = budgetMs
    this.#now = now
  }

  /** Fires when it is used up. */
  get signal(): AbortSignal {
    return this.#end.signal
  }

  /** Does `work` in this time. It ends no work by itself: see {@link TimeBudget.signal}. */
  async spend<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running === 0) this.#resume()
    this.#running += 1
    try {
      return await work()
    } finally {
      this.#running -= 1
      if (this.#running === 0) this.#pause()
    }
  }

  #resume(): void {
    this.#resumedAtMs = this.#now()
    this.#timer = setTimeout(() => this.#end.abort(), this.#leftMs)
  }

  #pause(): void {
    clearTimeout(this.#timer)
    this.#leftMs = Math.max(0, this.#leftMs - (this.#now() - this.#resumedAtMs))
  }
}
