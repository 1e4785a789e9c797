import type { Reporter } from '../progress/run-event.ts'

/** Makes what says that the server lets a command wait: once for all that wait at the same time. */
export function noteWaits(
  reporter: Pick<Reporter, 'note'>,
  now: () => number = () => performance.now(),
): (waitMs: number) => void {
  let saidUntilMs = -Infinity
  return (waitMs) => {
    if (now() < saidUntilMs) return
    saidUntilMs = now() + waitMs
    reporter.note(`The server takes no more for ${Math.ceil(waitMs / 1000)} s; going on then`)
  }
}
