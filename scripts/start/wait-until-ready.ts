import { setTimeout as delay } from 'node:timers/promises'

const POLL_MS = 100

/** Waits until `/readyz` answers 200; `false` when the time is up. */
export async function waitUntilReady(
  origin: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  const deadlineMs = Date.now() + timeoutMs
  while (Date.now() < deadlineMs) {
    signal.throwIfAborted()
    if (await isReady(origin)) return true
    await delay(POLL_MS, undefined, { signal })
  }
  return false
}

async function isReady(origin: string): Promise<boolean> {
  try {
    const response = await fetch(`${origin}/readyz`, { signal: AbortSignal.timeout(2_000) })
    return response.ok
  } catch {
    // Not listening yet.
    return false
  }
}
