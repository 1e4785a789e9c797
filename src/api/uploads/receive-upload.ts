import { rm } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { MediaType } from '../../contract/document.ts'
import type { Sha256 } from '../../contract/identifiers.ts'
import { sniffMediaType } from '../../documents/sniff-media-type.ts'
import type { ByteGuardOptions } from './byte-guard.ts'
import { closeAfterAnswer } from './close-after-answer.ts'
import { toDisplayFileName } from './file-name.ts'
import { parseMultipart } from './parse-multipart.ts'
import { UploadStorage, type StoredPart } from './upload-storage.ts'

/** An upload in a temporary file; disposing removes the file. */
export type Upload = AsyncDisposable & {
  readonly path: string
  /** 0 for an empty file: the caller's to refuse. */
  readonly sizeBytes: number
  readonly sha256: Sha256
  /** The first 4,096 bytes at most. */
  readonly head: Uint8Array
  /** By content; `null`: none that we read. */
  readonly mediaType: MediaType | null
  /** Fit to be shown, see toDisplayFileName. */
  readonly fileName: string
  /** Text fields; of one that is sent twice the last. */
  readonly fields: Readonly<Record<string, string>>
}

/** How to receive an upload. */
export type ReceiveUploadOptions = Omit<ByteGuardOptions, 'maxBodyBytes'> & {
  /** Largest file, in bytes. */
  readonly maxBytes: number
  /** Made when it is missing. */
  readonly temporaryDirectory: string
  /** Name of the file part. Default: `file`. */
  readonly fieldName?: string
}

/**
 * Receives the one file of a multipart request; `null` when there is no part with a file of that
 * name, or the body is not multipart at all.
 *
 * Reads at most `maxBytes` + 64 KB. When it fails, or leaves a body unread, the connection closes
 * after the answer. Nothing stays on the disk but the file of a returned upload.
 *
 * @throws {OcrError} `FILE_TOO_LARGE`, `REQUEST_MALFORMED`, `REQUEST_TIMEOUT`, `STORAGE_UNAVAILABLE`
 */
export async function receiveUpload(
  req: IncomingMessage,
  res: ServerResponse,
  options: ReceiveUploadOptions,
): Promise<Upload | null> {
  const { maxBytes, fieldName = 'file', ...others } = options
  const storage = new UploadStorage(options.temporaryDirectory)
  let upload: Upload | null = null
  try {
    const limits = { maxFiles: 1, maxFileBytes: maxBytes, maxTotalBytes: maxBytes }
    const parsed = await parseMultipart(req, storage, { ...others, ...limits, fieldName })
    if (parsed === null || parsed === 'too-many') return null
    const [file] = parsed.files
    const part = file && storage.partAt(file.path)
    if (part) upload = await toUpload(part, file.fileName, parsed.fields)
    return upload
  } finally {
    // Multer may answer while a part is still being written.
    await storage.settled()
    if (upload === null) await removeParts(storage)
    closeAfterAnswer(req, res)
  }
}

/** Makes an upload of a part that has arrived. */
export async function toUpload(
  { isCut: _known, ...received }: StoredPart,
  fileName: string,
  fields: Readonly<Record<string, string>>,
): Promise<Upload> {
  return {
    ...received,
    mediaType: await sniffMediaType(received.head),
    fileName: toDisplayFileName(fileName),
    fields,
    [Symbol.asyncDispose]: () => removeFile(received.path),
  }
}

/** Removes the files of all parts. */
export async function removeParts({ stored }: UploadStorage): Promise<void> {
  for (const { path } of stored) await removeFile(path)
}

function removeFile(path: string): Promise<void> {
  return rm(path, { force: true })
}
