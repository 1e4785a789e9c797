import { constants } from 'node:fs'
import { lstat, open, realpath, type FileHandle } from 'node:fs/promises'
import { basename, isAbsolute, sep } from 'node:path'
import { OcrError } from './errors.ts'

/** A file of this host that a stranger may read; disposing closes it. */
export type LocalFile = AsyncDisposable & {
  /** Without its directories. */
  readonly name: string
  /** As it was at the opening. */
  readonly sizeBytes: number
  /** The bytes, read by descriptor; at most `maxBytes` and one chunk, should it grow. */
  readonly content: AsyncIterable<Uint8Array>
}

/** What a stranger may read. */
export type LocalFileRules = {
  /** Absolute; only regular files below one of them are opened. */
  readonly roots: readonly string[]
  readonly maxBytes: number
}

/** Longest path of Linux. */
const MAX_PATH_CHARACTERS = 4096

/** What the system says of a path that leads to nothing we may or can open. */
const NO_FILE = new Set([
  'EACCES',
  'EINVAL',
  'EISDIR',
  'ELOOP',
  'ENAMETOOLONG',
  'ENODEV',
  'ENOENT',
  'ENOTDIR',
  'ENXIO',
  'EPERM',
])

/**
 * Opens a file at a stranger's path; `null` for an absent one, and just so for one that lies outside
 * of every root or is no regular file, so that nobody can explore the disk.
 *
 * The path is resolved, judged, opened without following a link and without waiting (a FIFO), and
 * then judged again by its descriptor, so that nothing can be put in its place meanwhile. Links
 * inside of a root may be used.
 *
 * @throws {OcrError} `FILE_TOO_LARGE`
 */
export async function openLocalFile(
  path: string,
  { roots, maxBytes }: LocalFileRules,
): Promise<LocalFile | null> {
  if (path.length > MAX_PATH_CHARACTERS || path.includes('\0') || !isAbsolute(path)) return null
  const realPath = await orNull(realpath(path))
  if (realPath === null || !(await isBelowRoot(realPath, roots))) return null
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK, O_NOCTTY } = constants
  if (!(await orNull(lstat(realPath)))?.isFile()) return null
  const handle = await orNull(open(realPath, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY))
  if (handle === null) return null
  try {
    const opened = await handle.stat()
    if (!opened.isFile() || !(await isStillThere(realPath, opened))) {
      await handle.close()
      return null
    }
    if (opened.size > maxBytes)
      throw new OcrError('FILE_TOO_LARGE', 'Cannot read the local file: it is too large')
    return {
      name: basename(realPath),
      sizeBytes: opened.size,
      content: read(handle, maxBytes),
      [Symbol.asyncDispose]: () => handle.close(),
    }
  } catch (error) {
    await handle.close()
    throw error
  }
}

async function isBelowRoot(realPath: string, roots: readonly string[]): Promise<boolean> {
  for (const root of roots) {
    const realRoot = await orNull(realpath(root))
    if (realRoot === null) continue
    if (realPath.startsWith(realRoot.endsWith(sep) ? realRoot : realRoot + sep)) return true
  }
  return false
}

/** Whether the judged path, a directory of which could have become a link, leads to what was opened. */
async function isStillThere(
  realPath: string,
  opened: { readonly dev: number; readonly ino: number },
): Promise<boolean> {
  if ((await orNull(realpath(realPath))) !== realPath) return false
  const now = await orNull(lstat(realPath))
  return now !== null && now.dev === opened.dev && now.ino === opened.ino
}

async function* read(handle: FileHandle, maxBytes: number): AsyncGenerator<Uint8Array, void> {
  for (let position = 0; position <= maxBytes;) {
    const { bytesRead, buffer } = await handle.read({ position, buffer: Buffer.alloc(65_536) })
    if (bytesRead === 0) return
    position += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}

async function orNull<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work
  } catch (error) {
    if (error instanceof Error && 'code' in error && NO_FILE.has(String(error.code))) return null
    throw error
  }
}
