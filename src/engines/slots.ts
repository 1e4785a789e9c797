import type { RequestGuard } from './engine.ts'

/** Lets a fixed number of callers work at once; the others wait in line. */
export class Slots {
  readonly #waiting: (() => void)[] = []
  #free: number

  constructor(count: number) {
    this.#free = count
  }

  /**
   * Runs `work` in a slot of its own; `guard` stands around it for as long as it has the slot.
   *
   * @throws the signal's reason when it fires while waiting, and whatever `guard` and `work` throw
   */
  async use<T>(signal: AbortSignal, work: () => Promise<T>, guard?: RequestGuard): Promise<T> {
    await this.#take(signal)
    try {
      return await (guard === undefined ? work() : guard(work))
    } finally {
      // Whoever waits longest gets it, without it being free in between.
      const next = this.#waiting.shift()
      if (next === undefined) this.#free += 1
      else next()
    }
  }

  #take(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (this.#free > 0) {
      this.#free -= 1
      return Promise.resolve()
    }
    return new Promise((resolve, reject) => {
      const proceed = () => {
        signal.removeEventListener('abort', abandon)
        resolve()
      }
      const abandon = () => {
        this.#waiting.splice(this.#waiting.indexOf(proceed), 1)
        reject(signal.reason as Error) // The reason of an AbortSignal is whatever abort() was given.
      }
      signal.addEventListener('abort', abandon, { once: true })
      this.#waiting.push(proceed)
    })
  }
}
