import { statfs } from 'node:fs/promises'
import { keptFor } from './kept-for.ts'

/** As often as readiness is looked at anyway. */
const TTL_MS = 5_000

/**
 * Makes a reader of the space that unprivileged processes may still fill, in bytes, at most 5 s old: of
 * several directories the one whose disk has least. A directory that does not exist yet is left out.
 *
 * @throws {Error} from the reader, of the system, when none of them can be asked
 */
export function createFreeDisk(directories: readonly string[]): () => Promise<number> {
  return keptFor(TTL_MS, async () => {
    const asked = await Promise.allSettled(directories.map(freeBytes))
    const known = asked.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
    if (known.length > 0) return Math.min(...known)
    throw new Error('No disk could be asked for its free space', {
      cause: asked.find((answer) => answer.status === 'rejected')?.reason,
    })
  })
}

async function freeBytes(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory)
  return bavail * bsize
}
