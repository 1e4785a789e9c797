import { performance } from 'node:perf_hooks'

/** How often the loop is looked at. */
const TICK_MS = 200
/** How long a lag is remembered: a prober that comes every few seconds must see it. */
const REMEMBERED_MS = 5_000

/** Watches the event loop of this process. Disposing ends that. */
export type LoopWatch = Disposable & {
  /** The largest lag of the last 5 s, in ms: how much later than due the loop came to its work. */
  lagMs(): number
}

/**
 * Starts to watch the event loop. A lag must be measured all the time: whoever asks is served when the
 * loop is free again, and would find it well.
 */
export function watchLoop(): LoopWatch {
  let lags: { readonly atMs: number; readonly lagMs: number }[] = []
  let dueAtMs = performance.now() + TICK_MS
  const timer = setInterval(() => {
    const nowMs = performance.now()
    lags = lags.filter(({ atMs }) => nowMs - atMs < REMEMBERED_MS)
    lags.push({ atMs: nowMs, lagMs: nowMs - dueAtMs })
    dueAtMs = nowMs + TICK_MS
  }, TICK_MS)
  // What is only watched must not be kept alive for it.
  timer.unref()
  return {
    lagMs() {
      const nowMs = performance.now()
      // The timer itself may be late at this moment.
      const seen = lags.filter(({ atMs }) => nowMs - atMs < REMEMBERED_MS)
      return Math.max(0, nowMs - dueAtMs, ...seen.map(({ lagMs }) => lagMs))
    },
    [Symbol.dispose]: () => clearInterval(timer),
  }
}
