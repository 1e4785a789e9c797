import { fetchFailed } from './fetch-failure.ts'

/**
 * Runs one step of a fetch with a signal that fires after `ms`, or when the given one does. The step
 * **must** end soon after its signal fires.
 *
 * @throws {OcrError} `FETCH_FAILED` by way of the signal's reason
 */
export async function within<T>(
  { ms, signal }: { readonly ms: number; readonly signal: AbortSignal },
  step: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const deadline = new AbortController()
  const timer = setTimeout(() => deadline.abort(fetchFailed('no connection in time')), ms)
  try {
    return await step(AbortSignal.any([signal, deadline.signal]))
  } finally {
    clearTimeout(timer)
  }
}
