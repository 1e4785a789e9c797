import { execFileSync } from 'node:child_process'
import { mkdtemp, open, rm, rmdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A disk of a few MiB, in memory; disposing unmounts it. */
export type SmallDisk = {
  readonly path: string
  /** Takes all room but this. */
  fill(exceptBytes?: number): Promise<void>
  /** Gives the room back. */
  clear(): Promise<void>
  dispose(): Promise<void>
}

/** Why there can be no small disk here, or `false`: what `skip` of a test wants. */
export function noSmallDisk(): string | false {
  if (process.platform !== 'linux') return 'no tmpfs on this system'
  if (process.getuid?.() !== 0) return 'only root may mount a tmpfs'
  const directory = execFileSync('mktemp', ['-d'], { encoding: 'utf8' }).trim()
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', directory], { stdio: 'pipe' })
    execFileSync('umount', [directory])
    return false
  } catch {
    return 'a tmpfs cannot be mounted here'
  } finally {
    execFileSync('rmdir', [directory])
  }
}

/** Mounts one. */
export async function mountSmallDisk(sizeMib: number): Promise<SmallDisk> {
  const path = await mkdtemp(join(tmpdir(), 'small-disk-'))
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMib}m`, 'tmpfs', path])
  const filler = join(path, 'filler')
  return {
    path,
    async fill(exceptBytes = 0) {
      const file = await open(filler, 'w')
      try {
        const chunk = Buffer.alloc(64 * 1024)
        for (;;) await file.write(chunk)
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
        const { size } = await file.stat()
        await file.truncate(Math.max(0, size - exceptBytes))
      } finally {
        await file.close()
      }
    },
    clear: () => rm(filler, { force: true }),
    async dispose() {
      // Lazily: a process that is about to end may still have a file open.
      execFileSync('umount', ['-l', path])
      await rmdir(path)
    },
  }
}
