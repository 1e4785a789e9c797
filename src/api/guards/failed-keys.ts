import { ipKeyGenerator } from 'express-rate-limit'
import { LruMap } from '../gateway/lru-map.ts'

const WINDOW_MS = 60_000
const MAX_FAILURES = 10
// Of more addresses at once, those that were quiet for longest are forgotten.
const CAPACITY = 10_000
const IPV6_SUBNET_BITS = 56

type Failures = { readonly count: number; readonly endsAtMs: number }

/** Counts the wrong keys that come from an address: ten a minute. */
export class FailedKeys {
  readonly #failures = new LruMap<string, Failures>(CAPACITY)

  /**
   * Counts one more.
   *
   * @param address IPv6 addresses count by their /56, which one customer has
   * @returns Time in milliseconds to wait before the next try; `null`: not too many yet
   */
  add(address: string, nowMs: number = Date.now()): number | null {
    const key = ipKeyGenerator(address, IPV6_SUBNET_BITS)
    const known = this.#failures.get(key)
    const isOver = known === undefined || known.endsAtMs <= nowMs
    const count = isOver ? 1 : known.count + 1
    const endsAtMs = isOver ? nowMs + WINDOW_MS : known.endsAtMs
    this.#failures.set(key, { count, endsAtMs })
    return count > MAX_FAILURES ? endsAtMs - nowMs : null
  }
}
