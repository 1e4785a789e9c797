import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { link, mkdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { CommandError } from '../command-error.ts'
import { printable } from '../printable.ts'

/** How to write. */
export type WriteOptions = {
  /** Replaces a file that is there. */
  readonly force: boolean
  readonly signal: AbortSignal
}

/**
 * Writes a whole file or none; folders that are missing are made.
 *
 * @throws {CommandError} when there is one already and `force` is not set
 */
export async function writeFileAtomically(
  path: string,
  body: AsyncIterable<Uint8Array>,
  { force, signal }: WriteOptions,
): Promise<void> {
  const folder = dirname(path)
  await mkdir(folder, { recursive: true })
  // Short, since the name of the result itself may be as long as names can be.
  const temporary = join(folder, `.${basename(path).slice(0, 20)}.${randomUUID()}.tmp`)
  try {
    await pipeline(body, createWriteStream(temporary, { flags: 'wx', flush: true }), { signal })
    if (force) await rename(temporary, path)
    else await renameIfAbsent(temporary, path)
  } finally {
    await rm(temporary, { force: true })
  }
}

/** Why a result is not written. */
export function existsAlready(path: string): CommandError {
  return new CommandError(`${printable(path)} exists already; --force replaces it`)
}

async function renameIfAbsent(temporary: string, path: string): Promise<void> {
  try {
    // In one step, unlike looking first: fails when there is a file by now.
    await link(temporary, path)
  } catch (error) {
    if (isCode(error, 'EEXIST')) throw existsAlready(path)
    // A file system without hard links.
    if ((await stat(path).catch(() => null)) !== null) throw existsAlready(path)
    await rename(temporary, path)
  }
}

function isCode(thrown: unknown, code: string): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === code
}
