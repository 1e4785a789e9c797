import { readFileSync } from 'node:fs'

/** Why a guarded process was killed by us. */
export type GuardTrip = 'memory' | 'time' | 'abort'

/** What a guarded process may use, and what ends it early. */
export type ProcessGuard = {
  readonly maxRssBytes: number
  readonly wallClockMs: number
  readonly signal: AbortSignal
}

// Measured: a pdf.js child that allocates as fast as it can overshoots its limit by 4-5 % at 50 ms.
const POLL_INTERVAL_MS = 50

/**
 * Watches one process from outside until it is stopped; limits inside the process lose content
 * silently. Keeps the event loop alive while it watches.
 *
 * @param onTrip called at most once, never after the returned function was called
 * @returns stops watching
 */
export function startWatchdog(
  pid: number,
  guard: ProcessGuard,
  onTrip: (trip: GuardTrip) => void,
): () => void {
  const stop = () => {
    clearInterval(poll)
    clearTimeout(timer)
    guard.signal.removeEventListener('abort', onAbort)
  }
  const trip = (reason: GuardTrip) => {
    stop()
    onTrip(reason)
  }
  const onAbort = () => trip('abort')
  const poll = setInterval(() => {
    if ((readRssBytes(pid) ?? 0) > guard.maxRssBytes) trip('memory')
  }, POLL_INTERVAL_MS)
  const timer = setTimeout(() => trip('time'), guard.wallClockMs)
  guard.signal.addEventListener('abort', onAbort)
  return stop
}

/** Resident memory of a process in bytes; `null` when it is gone or the host has no `/proc`. */
export function readRssBytes(pid: number): number | null {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return kilobytes === undefined ? null : Number(kilobytes) * 1024
  } catch {
    return null
  }
}

/** Kills a process that leads its own group, and the group with it. A dead one is no failure. */
export function killProcessGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
