import { mkdir, rm } from 'node:fs/promises'
import { sniffMediaType } from '../../documents/sniff-media-type.ts'
import { OcrError } from '../../platform/errors.ts'
import { storageError } from '../../storage/object-file.ts'
import { receiveFile } from '../../storage/receive-file.ts'
import { temporaryPath } from '../../storage/temporary-files.ts'
import { toDisplayFileName } from './file-name.ts'
import type { Upload } from './receive-upload.ts'

/** How to store what did not come as a form. */
export type StoreUploadOptions = {
  readonly maxBytes: number
  /** Made when it is missing. */
  readonly temporaryDirectory: string
  /** As the caller knows it; cleaned here. */
  readonly fileName: string
}

/**
 * Lays a file that came another way than as a form (base64, a local path) into a temporary file, as
 * if it had been uploaded.
 *
 * @throws {OcrError} `FILE_TOO_LARGE`, `STORAGE_UNAVAILABLE`; what `source` throws
 */
export async function storeUpload(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { maxBytes, temporaryDirectory, fileName }: StoreUploadOptions,
): Promise<Upload> {
  try {
    await mkdir(temporaryDirectory, { recursive: true })
    const path = temporaryPath(temporaryDirectory)
    const received = await receiveFile(limited(source, maxBytes), path)
    return {
      ...received,
      mediaType: await sniffMediaType(received.head),
      fileName: toDisplayFileName(fileName),
      fields: {},
      [Symbol.asyncDispose]: () => rm(path, { force: true }),
    }
  } catch (error) {
    throw storageError('store the file', error)
  }
}

async function* limited(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<Uint8Array, void> {
  let sizeBytes = 0
  for await (const chunk of source) {
    sizeBytes += chunk.length
    if (sizeBytes > maxBytes)
      throw new OcrError('FILE_TOO_LARGE', 'Cannot store the file: it is too large')
    yield chunk
  }
}
