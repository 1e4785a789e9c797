import { setTimeout as wait } from 'node:timers/promises'
import { isAbortError } from './errors.ts'

/** Waits; `false` when the signal fired first. */
export async function pause(timeMs: number, signal: AbortSignal): Promise<boolean> {
  try {
    await wait(timeMs, undefined, { signal })
    return true
  } catch (error) {
    if (isAbortError(error)) return false
    throw error
  }
}
