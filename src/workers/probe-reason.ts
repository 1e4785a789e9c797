import { isAbortError, OcrError, coerceError } from '../platform/errors.ts'

/** How to ask an engine whether it can work. */
export type ProbeOptions = {
  readonly probe: (signal: AbortSignal) => Promise<void>
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/**
 * Asks an engine whether it can work: `null` when it can, else why not, for a person.
 *
 * @throws the signal's reason when it fires
 */
export async function probeReason(options: ProbeOptions): Promise<string | null> {
  const { timeoutMs, signal } = options
  const deadline = AbortSignal.timeout(timeoutMs)
  try {
    await options.probe(AbortSignal.any([signal, deadline]))
    return null
  } catch (error) {
    signal.throwIfAborted()
    if (deadline.aborted && !(error instanceof OcrError))
      return `no answer within ${timeoutMs / 1000} s`
    if (error instanceof OcrError)
      return [error.message, error.publicDetail].filter(Boolean).join('; ')
    if (isAbortError(error)) return 'the probe was broken off'
    return coerceError(error).message
  }
}
