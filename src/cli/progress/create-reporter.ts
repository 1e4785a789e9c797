import { createJsonLines } from './json-lines.ts'
import { createPlainLines } from './plain-lines.ts'
import { createProgressBar } from './progress-bar.ts'
import type { Reporter } from './run-event.ts'

/** JSON lines on stdout, a bar for a person at a terminal, or lines for a file. */
export function createReporter({ isJson }: { readonly isJson: boolean }): Reporter {
  const { stdout, stderr } = process
  if (isJson) return createJsonLines({ stdout, stderr })
  return stderr.isTTY ? createProgressBar(stderr) : createPlainLines(stderr)
}
