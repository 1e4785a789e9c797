import { readdirSync, readFileSync } from 'node:fs'

/** Clock ticks a second of `/proc/<pid>/stat`; 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100

type Process = { readonly parent: number; readonly ticks: number }

/**
 * CPU seconds that processes and everything below them have used so far, those of ended and reaped
 * children included. Linux only.
 */
export function cpuSeconds(roots: readonly number[]): number {
  const processes = readProcesses()
  let ticks = 0
  const pending = [...roots]
  const seen = new Set<number>()
  for (let pid = pending.pop(); pid !== undefined; pid = pending.pop()) {
    if (seen.has(pid)) continue
    seen.add(pid)
    ticks += processes.get(pid)?.ticks ?? 0
    for (const [child, { parent }] of processes) if (parent === pid) pending.push(child)
  }
  return ticks / TICKS_PER_SECOND
}

/** Peak resident memory of a living process in MB; `null` when it is gone. */
export function peakMemoryMb(pid: number): number | null {
  try {
    const match = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
    return match ? Math.round(Number(match[1]) / 1024) : null
  } catch {
    return null
  }
}

function readProcesses(): Map<number, Process> {
  const processes = new Map<number, Process>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
      // The name in parentheses may hold blanks: count from its end. Fields 4 and 14 to 17 of proc(5).
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)
      processes.set(Number(name), { parent: Number(fields[1]), ticks })
    } catch {
      // Gone between the listing and the look.
    }
  }
  return processes
}
