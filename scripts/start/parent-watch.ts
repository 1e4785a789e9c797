import { readFileSync } from 'node:fs'

const POLL_MS = 500

/**
 * Calls back when npm, which started this process, is gone: killed, it passes no signal on. Not
 * without npm: a program started by hand may outlive its shell.
 */
export function watchParent(onGone: () => void): void {
  if (process.env['npm_lifecycle_event'] === undefined) return
  const ancestors = ancestorPids()
  const timer = setInterval(() => {
    if (ancestorPids() === ancestors) return
    clearInterval(timer)
    onGone()
  }, POLL_MS)
  timer.unref()
}

/** Our parent and its parent: npm runs scripts in a shell, which survives npm and hides its end. */
function ancestorPids(): string {
  return `${process.ppid} ${parentOf(process.ppid)}`
}

function parentOf(pid: number): string {
  try {
    // The name of the program stands in brackets and may hold anything, brackets and spaces too.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/s, '').trim()
    return fields.split(' ')[1] ?? ''
  } catch {
    // No /proc on this system: the parent alone must do.
    return ''
  }
}
