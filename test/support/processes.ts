import { readdirSync, readFileSync } from 'node:fs'

/** Pids of the processes whose environment has this entry, such as `OCR_DATA_DIR=/tmp/x`. Linux only. */
export function processesWith(entry: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && readOrEmpty(`/proc/${name}/environ`).includes(entry))
    .map(Number)
}

/** Command line of a process; empty when it is gone. */
export function commandLine(pid: number): string {
  return readOrEmpty(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
