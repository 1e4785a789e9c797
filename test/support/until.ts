/** Between two looks. */
const PAUSE_MS = 20

/** What a pause counts at most: where it took longer, this process stood still. */
const LONGEST_PAUSE_MS = 100

/**
 * Waits until a condition holds; fails loudly after `deadlineMs`. Seconds for which the machine left
 * this process no time do not count: whatever it waits for could not be noticed either.
 */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  deadlineMs = 30_000,
): Promise<void> {
  let leftMs = deadlineMs
  while (true) {
    const lookedAtMs = performance.now()
    if (await condition()) return
    const pausedAtMs = performance.now()
    if (leftMs < 0) throw new Error(`Waited ${deadlineMs} ms in vain until ${what}`)
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    const pausedMs = performance.now() - pausedAtMs
    leftMs -= pausedAtMs - lookedAtMs + Math.min(pausedMs, LONGEST_PAUSE_MS)
  }
}
