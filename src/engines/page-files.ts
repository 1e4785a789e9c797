import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDiskFull } from '../platform/disk-full.ts'
import { OcrError } from '../platform/errors.ts'
import { createTemporaryDirectory } from '../platform/temporary-directory.ts'
import type { PageImage } from './engine.ts'

/** Files that hold one page on its way to a child and back; they go with `asyncDispose`. */
export type PageFiles = AsyncDisposable & {
  readonly imagePath: string
  /** Where the child puts an image that it changed. */
  readonly changedPath: string
  readChanged(): Promise<Buffer>
}

/**
 * Writes a page image to a new directory of its own.
 *
 * A file and not base64 in the request: a page has 1-10 MB, and JSON would copy it four times.
 *
 * @throws {OcrError} `PROGRAM_FAILED` when the temporary directory cannot be written to, `STORAGE_FULL`
 *   when there is no room
 */
export async function writePageFiles(
  image: PageImage,
  temporaryDirectory: string,
): Promise<PageFiles> {
  try {
    await using directory = new AsyncDisposableStack()
    const { path } = directory.use(await createTemporaryDirectory(temporaryDirectory, 'page'))
    const imagePath = join(path, 'image.png')
    const changedPath = join(path, 'changed.png')
    await writeFile(imagePath, image.png)
    const kept = directory.move()
    return {
      imagePath,
      changedPath,
      readChanged: () => readFile(changedPath),
      [Symbol.asyncDispose]: () => kept.disposeAsync(),
    }
  } catch (cause) {
    const code = isDiskFull(cause) ? 'STORAGE_FULL' : 'PROGRAM_FAILED'
    throw new OcrError(code, 'Cannot write to the temporary directory', { cause })
  }
}
