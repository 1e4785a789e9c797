import { OcrError } from '../platform/errors.ts'

/**
 * Runs `attempt` at full size, and once more at half size when it was killed on the way: the guard
 * stopped it for memory or time, or it crashed. The second failure is the page's.
 */
export async function retrySmaller<T>(
  signal: AbortSignal,
  attempt: (scale: 1 | 0.5) => Promise<T>,
): Promise<{ readonly value: T; readonly isSmaller: boolean }> {
  try {
    return { value: await attempt(1), isSmaller: false }
  } catch (error) {
    if (signal.aborted || !wasKilled(error)) throw error
    return { value: await attempt(0.5), isSmaller: true }
  }
}

function wasKilled(error: unknown): boolean {
  if (!(error instanceof OcrError)) return false
  return ['TOO_COMPLEX', 'PAGE_TIMEOUT', 'PROGRAM_FAILED'].includes(error.code)
}
