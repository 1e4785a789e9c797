import { writeFileSync } from 'node:fs'
import { setPriority } from 'node:os'

/** A third of what an ordinary process gets, when both want all of a CPU. */
const NICE = 5

/**
 * Lets others go ahead of a process where CPUs are few: whoever asks for a status must not wait for a
 * page that is being read. Best effort; of a process that leads its own session, as our children do.
 */
export function lowerPriority(pid: number): void {
  attempt(() => setPriority(pid, NICE))
  // Linux with autogroups shares the CPUs between sessions first, and heeds nice values only within one.
  attempt(() => writeFileSync(`/proc/${pid}/autogroup`, String(NICE)))
}

function attempt(work: () => void): void {
  try {
    work()
  } catch {
    // It is gone, it has a lower priority than that already, or the system has no such thing.
  }
}
