/**
 * The value of work that is shared, and goes on when one who waits for it leaves.
 *
 * @throws the signal's reason when it fires first, and whatever the work throws
 */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const abandon = (): void => reject(signal.reason as Error) // As abort() was given it.
  signal.addEventListener('abort', abandon, { once: true })
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', abandon)
  }
}
