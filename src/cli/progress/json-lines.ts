import type { Output, Reporter } from './run-event.ts'

/** One JSON line per event, on stdout; notes go to stderr. */
export function createJsonLines(streams: {
  readonly stdout: Output
  readonly stderr: Output
}): Reporter {
  return {
    note: (line) => void streams.stderr.write(`${line}\n`),
    report: (event) => void streams.stdout.write(`${JSON.stringify(event)}\n`),
    clear: () => undefined,
    [Symbol.dispose]: () => undefined,
  }
}
