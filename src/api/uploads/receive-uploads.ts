import type { IncomingMessage, ServerResponse } from 'node:http'
import { closeAfterAnswer } from './close-after-answer.ts'
import { toDisplayFileName } from './file-name.ts'
import { parseMultipart } from './parse-multipart.ts'
import { removeParts, toUpload, type ReceiveUploadOptions, type Upload } from './receive-upload.ts'
import { UploadStorage } from './upload-storage.ts'

/** A file that was larger than allowed; nothing of it is kept. */
export type OversizedFile = { readonly fileName: string; readonly isTooLarge: true }

/** The files of one request, in their order; disposing removes them all. */
export type Uploads = AsyncDisposable & {
  readonly files: readonly (Upload | OversizedFile)[]
}

/** How to receive several uploads. */
export type ReceiveUploadsOptions = ReceiveUploadOptions & { readonly maxFiles: number }

/**
 * Receives the files of a multipart request, all in parts of one name (default: `files`); `null` when
 * there is none, or a file part has another name; `too-many` when there are more than allowed.
 *
 * A file above `maxBytes` is read, dropped and told of, the others are kept. Reads at most `maxFiles`
 * times `maxBytes` + 64 KB; for the rest as `receiveUpload`.
 *
 * @throws {OcrError} `FILE_TOO_LARGE` (all together), `REQUEST_MALFORMED`, `REQUEST_TIMEOUT`,
 *   `STORAGE_UNAVAILABLE`
 */
export async function receiveUploads(
  req: IncomingMessage,
  res: ServerResponse,
  options: ReceiveUploadsOptions,
): Promise<Uploads | 'too-many' | null> {
  const { maxBytes, maxFiles, fieldName = 'files', ...others } = options
  const storage = new UploadStorage(options.temporaryDirectory, maxBytes)
  let uploads: Uploads | null = null
  try {
    // The storage itself cuts files: multer would end the whole request.
    const limits = { maxFiles, maxFileBytes: Infinity, maxTotalBytes: maxFiles * maxBytes }
    const parsed = await parseMultipart(req, storage, { ...others, ...limits, fieldName })
    if (parsed === null || parsed === 'too-many') return parsed
    const files: (Upload | OversizedFile)[] = []
    for (const { path, fileName } of parsed.files) {
      const part = storage.partAt(path)
      if (part === null) continue
      files.push(
        part.isCut
          ? { fileName: toDisplayFileName(fileName), isTooLarge: true }
          : await toUpload(part, fileName, parsed.fields),
      )
    }
    if (files.length === 0) return null
    uploads = { files, [Symbol.asyncDispose]: () => removeParts(storage) }
    return uploads
  } finally {
    // Multer may answer while a part is still being written.
    await storage.settled()
    if (uploads === null) await removeParts(storage)
    closeAfterAnswer(req, res)
  }
}
