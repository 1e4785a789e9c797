/** After so long in the background, a connection may have died without a word. */
const LONG_HIDDEN_MS = 60_000

/** What makes it worth looking at once. */
export type WakeListener = {
  /** The network is back, or the page is looked at again. */
  readonly onWake: () => void
  /** The page was away for long. */
  readonly onReturn: () => void
}

/** Tells when the page comes back to life; returns what ends that. */
export function listenForWakes({ onWake, onReturn }: WakeListener): () => void {
  // Tests have no page.
  if (globalThis.document === undefined) return () => undefined
  let hiddenAtMs = Date.now()
  const see = (): void => {
    if (document.hidden) hiddenAtMs = Date.now()
    else if (Date.now() - hiddenAtMs >= LONG_HIDDEN_MS) onReturn()
    else onWake()
  }
  addEventListener('online', onReturn)
  document.addEventListener('visibilitychange', see)
  return () => {
    removeEventListener('online', onReturn)
    document.removeEventListener('visibilitychange', see)
  }
}
