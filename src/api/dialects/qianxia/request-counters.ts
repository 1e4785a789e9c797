import type { RequestHandler } from 'express'

/** Answers that the error rate is taken from. */
const RECENT_ANSWERS = 1_000
/** A request that takes longer counts as one that may run into a time limit. */
const SLOW_AFTER_MS = 30_000

/** What this process has answered in this dialect since it was started. */
export type RequestCounts = {
  readonly total: number
  readonly underWay: number
  /** Under way for more than 30 s. */
  readonly slow: number
  readonly clientErrors: number
  readonly serverErrors: number
  /** Bodies that came too slowly. */
  readonly timeouts: number
  /** Submits that were answered with the task of an earlier one. */
  readonly replays: number
  /** Answers 5xx among the last 1,000; 0 to 100. */
  readonly errorPercent: number
  readonly averageMs: number
  readonly longestMs: number
}

/** Counts requests of a router. */
export class RequestCounters {
  readonly #underWay = new Map<symbol, number>()
  readonly #recent: boolean[] = []
  #answered = 0
  #totalMs = 0
  #longestMs = 0
  #clientErrors = 0
  #serverErrors = 0
  #timeouts = 0
  #replays = 0

  /** Counts a request, and its answer when it is out. */
  readonly handler: RequestHandler = (_req, res, next) => {
    const id = Symbol('request')
    this.#underWay.set(id, performance.now())
    res.once('close', () => {
      this.#count(id, res.statusCode, res.hasHeader('Idempotent-Replayed'))
    })
    next()
  }

  /** The counts as they stand. */
  read(): RequestCounts {
    const nowMs = performance.now()
    const errors = this.#recent.filter(Boolean).length
    return {
      total: this.#answered + this.#underWay.size,
      underWay: this.#underWay.size,
      slow: [...this.#underWay.values()].filter((sinceMs) => nowMs - sinceMs > SLOW_AFTER_MS)
        .length,
      clientErrors: this.#clientErrors,
      serverErrors: this.#serverErrors,
      timeouts: this.#timeouts,
      replays: this.#replays,
      errorPercent: this.#recent.length === 0 ? 0 : (100 * errors) / this.#recent.length,
      averageMs: this.#answered === 0 ? 0 : this.#totalMs / this.#answered,
      longestMs: this.#longestMs,
    }
  }

  #count(id: symbol, status: number, isReplayed: boolean): void {
    const tookMs = performance.now() - (this.#underWay.get(id) ?? performance.now())
    this.#underWay.delete(id)
    this.#answered++
    this.#totalMs += tookMs
    this.#longestMs = Math.max(this.#longestMs, tookMs)
    const isServerError = status >= 500
    if (isServerError) this.#serverErrors++
    else if (status >= 400) this.#clientErrors++
    if (status === 408) this.#timeouts++
    if (isReplayed) this.#replays++
    if (this.#recent.push(isServerError) > RECENT_ANSWERS) this.#recent.shift()
  }
}
