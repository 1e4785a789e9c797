/** Runs `work` on every item, some at once, until all are done or the signal fires. */
export async function forEachConcurrently<T>(
  items: readonly T[],
  options: { readonly limit: number; readonly signal: AbortSignal },
  work: (item: T) => Promise<void>,
): Promise<void> {
  const { limit, signal } = options
  // One iterator for all lanes: each item is taken once.
  const left = items.values()
  const lane = async (): Promise<void> => {
    for (const item of left) {
      if (signal.aborted) return
      await work(item)
    }
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane))
}
