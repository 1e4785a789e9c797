import { networkOf } from '../../platform/client-network.ts'
import { LruMap } from '../gateway/lru-map.ts'

const WINDOW_MS = 60_000
const MAX_FAILURES = 10
// Of more addresses at once, those that were quiet for longest are forgotten.
const CAPACITY = 10_000

type Failures = { readonly count: number; readonly endsAtMs: number }

/** Counts the wrong keys, or the failed logins, that come from an address: ten a minute. */
export class FailedKeys {
  readonly #failures = new LruMap<string, Failures>(CAPACITY)

  /**
   * Counts one more.
   *
   * @param address IPv6 addresses count by their /56, which one customer has
   * @returns Time in milliseconds to wait before the next try; `null`: not too many yet
   */
  add(address: string, nowMs: number = Date.now()): number | null {
    const { count, endsAtMs } = this.#failuresOf(address, nowMs)
    this.#failures.set(networkOf(address), { count: count + 1, endsAtMs })
    return count < MAX_FAILURES ? null : endsAtMs - nowMs
  }

  /** Time in milliseconds until one more may be tried; `null`: it may be now. */
  waitMsOf(address: string, nowMs: number = Date.now()): number | null {
    const { count, endsAtMs } = this.#failuresOf(address, nowMs)
    return count < MAX_FAILURES ? null : endsAtMs - nowMs
  }

  #failuresOf(address: string, nowMs: number): Failures {
    const known = this.#failures.get(networkOf(address))
    return known !== undefined && known.endsAtMs > nowMs
      ? known
      : { count: 0, endsAtMs: nowMs + WINDOW_MS }
  }
}
