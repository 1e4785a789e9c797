/**
 * Makes a reader whose answer is kept for a time: however many ask, it is read once in it. Those who
 * ask while it is being read share the answer, a failure too.
 *
 * @param ttlMs Counted from the start of reading
 */
export function keptFor<T>(ttlMs: number, read: () => Promise<T>): () => Promise<T> {
  let kept: { readonly value: Promise<T>; readonly atMs: number } | null = null
  return () => {
    const nowMs = performance.now()
    if (kept === null || nowMs - kept.atMs > ttlMs) kept = { value: read(), atMs: nowMs }
    return kept.value
  }
}
