import { randomUUID } from 'node:crypto'
import { mkdir, readdir, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { isAbsence, storageError } from './object-file.ts'

/** Nothing that is still being written is a day old. */
const LEFTOVER_AGE_MS = 24 * 60 * 60 * 1000

const HOUR_MS = 60 * 60 * 1000

/** A new path in a directory for temporary files. */
export function temporaryPath(directory: string): string {
  return join(directory, `${randomUUID()}.tmp`)
}

/**
 * Makes a directory for temporary files and removes what killed processes left there: files whose
 * last change is more than 24 hours ago. Several processes may share the directory.
 *
 * @throws {OcrError} `STORAGE_UNAVAILABLE`
 */
export async function prepareTemporaryDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true })
    await removeTemporaryFiles(directory, LEFTOVER_AGE_MS)
  } catch (error) {
    throw storageError('prepare the directory for temporary files', error)
  }
}

/** Removes every hour what killed processes left in a directory for temporary files, until it is disposed. */
export function keepTemporaryDirectory(directory: string): Disposable {
  const timer = setInterval(() => {
    // A disk that fails is told of by whatever is to be written there; the next hour tries again.
    void removeTemporaryFiles(directory, LEFTOVER_AGE_MS).catch(() => undefined)
  }, HOUR_MS)
  timer.unref()
  return { [Symbol.dispose]: () => clearInterval(timer) }
}

/**
 * Removes the files of a directory whose last change is longer ago than this; answers how many. None
 * where there is no such directory.
 */
export async function removeTemporaryFiles(
  directory: string,
  olderThanMs: number,
): Promise<number> {
  let removed = 0
  for (const name of await filesIn(directory))
    if (await removeLeftover(join(directory, name), olderThanMs)) removed += 1
  return removed
}

async function filesIn(directory: string): Promise<string[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true })
    return entries.filter((entry) => entry.isFile()).map(({ name }) => name)
  } catch (error) {
    if (isAbsence(error)) return []
    throw error
  }
}

async function removeLeftover(path: string, olderThanMs: number): Promise<boolean> {
  try {
    const { mtimeMs } = await stat(path)
    if (Date.now() - mtimeMs <= olderThanMs) return false
    await unlink(path)
    return true
  } catch (error) {
    // Another process swept it or ended its write.
    if (isAbsence(error)) return false
    throw error
  }
}
