import { readdirSync, readFileSync } from 'node:fs'

/** Why a guarded process was killed by us. */
export type GuardTrip = 'memory' | 'time' | 'abort'

/** What a guarded process may use, and what ends it early. */
export type ProcessGuard = {
  readonly maxRssBytes: number
  /** Time in which it waits for a CPU does not count, up to twice as much again. */
  readonly wallClockMs: number
  readonly signal: AbortSignal
}

// Measured: a pdf.js child that allocates as fast as it can overshoots its limit by 4-5 % at 50 ms.
const POLL_INTERVAL_MS = 50

// An honest page must not fail because others keep the host busy; but nobody waits for ever.
const LONGEST_WAIT_IN_LIMITS = 2

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
  const startedAtMs = performance.now()
  const waitsBefore = readCpuWaitsMs(pid)
  const onTime = () => {
    const waitedMs = longestWaitMs(waitsBefore, readCpuWaitsMs(pid))
    const elapsedMs = performance.now() - startedAtMs
    const leftMs = timeLeftMs({ limitMs: guard.wallClockMs, elapsedMs, waitedMs })
    if (leftMs < 1) trip('time')
    else timer = setTimeout(onTime, leftMs)
  }
  const poll = setInterval(() => {
    if ((readRssBytes(pid) ?? 0) > guard.maxRssBytes) trip('memory')
  }, POLL_INTERVAL_MS)
  let timer = setTimeout(onTime, guard.wallClockMs)
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

/** What is left of a limit, less than 1 when it is used up: waiting for a CPU counts only beyond twice the limit. */
export function timeLeftMs({
  limitMs,
  elapsedMs,
  waitedMs,
}: {
  readonly limitMs: number
  readonly elapsedMs: number
  readonly waitedMs: number
}): number {
  return limitMs + Math.min(waitedMs, LONGEST_WAIT_IN_LIMITS * limitMs) - elapsedMs
}

/** How long each thread of a process has been ready to run and had no CPU; empty where the host does not tell. */
function readCpuWaitsMs(pid: number): ReadonlyMap<string, number> {
  const waitsMs = new Map<string, number>()
  try {
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      // Nanoseconds on a CPU, nanoseconds in wait for one, turns.
      const [, waitNs] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')
      waitsMs.set(thread, Number(waitNs ?? 0) / 1e6)
    }
  } catch {
    // It is gone, a thread is, or there is no such file: what is not known does not count.
  }
  return waitsMs
}

function longestWaitMs(
  before: ReadonlyMap<string, number>,
  now: ReadonlyMap<string, number>,
): number {
  const waits = [...now].map(([thread, waitMs]) => waitMs - (before.get(thread) ?? 0))
  return Math.max(0, ...waits)
}

/** Kills a process that leads its own group, and the group with it. A dead one is no failure. */
export function killProcessGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
