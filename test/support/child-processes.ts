import { readdirSync, readFileSync } from 'node:fs'

/** Ids of the processes that this one started and that still live (Linux only). */
export function childProcessIds(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && parentOf(name) === process.pid)
    .map(Number)
}

function parentOf(pid: string): number | null {
  try {
    const parent = /^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return parent === undefined ? null : Number(parent)
  } catch {
    // It ended while we looked.
    return null
  }
}
