import { printable } from '../printable.ts'
import { endingLine } from './event-line.ts'
import type { Output, Reporter, RunEvent } from './run-event.ts'

/** Between two lines about the pages of one document. */
const PAUSE_MS = 5_000

/** Lines for a log file: every change of state, pages every 5 s. */
export function createPlainLines(
  stderr: Output,
  now: () => number = () => performance.now(),
): Reporter {
  const last = new Map<string, { readonly state: string; readonly atMs: number }>()
  const progressLine = (event: RunEvent): string | null => {
    if (event.event !== 'document') return null
    const { input, status, pages, queued_reason: reason } = event
    const state = reason === null ? status : `${status} (${reason})`
    const before = last.get(input)
    if (before?.state === state && now() - before.atMs < PAUSE_MS) return null
    last.set(input, { state, atMs: now() })
    const count = pages.total === 0 ? '' : `, page ${pages.done} of ${pages.total}`
    return `${printable(input)}: ${printable(state)}${count}`
  }
  return {
    note: (line) => void stderr.write(`${line}\n`),
    report(event) {
      const ending = endingLine(event)
      const line = ending === null ? progressLine(event) : ending.text
      // The line of the ending says more than that of the last status.
      const isEnding = event.event === 'document' && /^(completed|failed)$/.test(event.status)
      if (line !== null && !isEnding) stderr.write(`${line}\n`)
      if (ending !== null) last.delete(event.input)
    },
    clear: () => undefined,
    [Symbol.dispose]: () => undefined,
  }
}
