import { randomUUID } from 'node:crypto'
import { mkdir, readdir, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { isAbsence, storageError } from './object-file.ts'

/** Nothing that is still being written is a day old. */
const LEFTOVER_AGE_MS = 24 * 60 * 60 * 1000

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
    for (const entry of await readdir(directory, { withFileTypes: true }))
      if (entry.isFile()) await removeLeftover(join(directory, entry.name))
  } catch (error) {
    throw storageError('prepare the directory for temporary files', error)
  }
}

async function removeLeftover(path: string): Promise<void> {
  try {
    const { mtimeMs } = await stat(path)
    if (Date.now() - mtimeMs > LEFTOVER_AGE_MS) await unlink(path)
  } catch (error) {
    // Another process swept it or ended its write.
    if (!isAbsence(error)) throw error
  }
}
