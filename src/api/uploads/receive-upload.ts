import { mkdir, rm } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Request, Response } from 'express'
import multer, { type Options } from 'multer'
import type { MediaType } from '../../contract/document.ts'
import type { Sha256 } from '../../contract/identifiers.ts'
import { sniffMediaType } from '../../documents/sniff-media-type.ts'
import { OcrError } from '../../platform/errors.ts'
import { storageError } from '../../storage/object-file.ts'
import { openGuardedBody, type ByteGuardOptions } from './byte-guard.ts'
import { closeAfterAnswer } from './close-after-answer.ts'
import { toDisplayFileName } from './file-name.ts'
import { UploadStorage, type ReceivedFile } from './upload-storage.ts'

/** Boundaries, part headers and text fields around a file. */
const BODY_OVERHEAD_BYTES = 64 * 1024

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
  const storage = new UploadStorage(options.temporaryDirectory)
  let upload: Upload | null = null
  try {
    const parsed = await parseBody(req, storage, options)
    if (parsed !== null && storage.received !== null)
      upload = await toUpload(storage.received, parsed)
    return upload
  } finally {
    // Multer may answer while a part is still being written.
    await storage.settled()
    if (upload === null && storage.received !== null) await removeFile(storage.received.path)
    closeAfterAnswer(req, res)
  }
}

async function toUpload(received: ReceivedFile, parsed: ParsedBody): Promise<Upload> {
  return {
    ...received,
    mediaType: await sniffMediaType(received.head),
    fileName: toDisplayFileName(parsed.fileName),
    fields: parsed.fields,
    [Symbol.asyncDispose]: () => removeFile(received.path),
  }
}

function removeFile(path: string): Promise<void> {
  return rm(path, { force: true })
}

type ParsedBody = { readonly fileName: string; readonly fields: Record<string, string> }

async function parseBody(
  req: IncomingMessage,
  storage: UploadStorage,
  options: ReceiveUploadOptions,
): Promise<ParsedBody | null> {
  const { fieldName = 'file', maxBytes, temporaryDirectory, ...rate } = options
  await makeDirectory(temporaryDirectory)
  // From here to multer's listeners without a pause, so that no failure of the body is missed.
  const body = openGuardedBody(req, { maxBodyBytes: maxBytes + BODY_OVERHEAD_BYTES, ...rate })
  try {
    // Multer uses a request's headers and stream, and sets these members on it.
    const request = Object.assign(body, { headers: req.headers }) as unknown as Request
    const parse = multer(multerOptions(storage, maxBytes)).single(fieldName)
    await new Promise<void>((resolve, reject) => {
      // The second argument is never touched by multer; the first failure is the guard's, if it has one.
      parse(request, {} as Response, (error?: unknown) =>
        error ? reject(body.errored ?? error) : resolve(),
      )
    })
    return { fileName: request.file?.originalname ?? '', fields: textFields(request.body) }
  } catch (error) {
    if (isMissingPart(error, fieldName)) return null
    throw translate(error, storage)
  } finally {
    body.destroy()
  }
}

function multerOptions(storage: UploadStorage, maxBytes: number): Options {
  return {
    storage,
    // Latin-1 by default, which spoils Chinese names.
    defParamCharset: 'utf8',
    // Every limit is named, because those left out are infinite.
    limits: {
      fileSize: maxBytes,
      files: 1,
      fields: 20,
      parts: 25,
      fieldSize: 100_000,
      fieldNameSize: 100,
      headerPairs: 50,
      fieldNestingDepth: 0,
      fieldArrayIndexLimit: 0,
    },
  }
}

async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true })
  } catch (error) {
    throw storageError('make the directory for uploads', error)
  }
}

function textFields(body: unknown): Record<string, string> {
  const fields: [string, string][] = []
  for (const [name, value] of Object.entries(body ?? {})) {
    // Multer gathers a name that was sent twice in an array.
    const last: unknown = Array.isArray(value) ? value.at(-1) : value
    if (typeof last === 'string') fields.push([name, last])
  }
  return Object.fromEntries(fields)
}

function isMissingPart(error: unknown, fieldName: string): boolean {
  return (
    error instanceof multer.MulterError &&
    error.code === 'LIMIT_UNEXPECTED_FILE' &&
    error.field !== fieldName
  )
}

function translate(error: unknown, storage: UploadStorage): unknown {
  if (error instanceof OcrError) return error
  if (error instanceof multer.MulterError && error.code === 'LIMIT_FILE_SIZE')
    return new OcrError('FILE_TOO_LARGE', 'Cannot receive the file: it is too large', {
      cause: error,
    })
  // What the storage threw and is not an OcrError is a bug of ours, not of the request.
  if (error === storage.failure && !isParserError(error)) return error
  return new OcrError('REQUEST_MALFORMED', 'Cannot read the multipart body', { cause: error })
}

/** Errors of multer and busboy are plain; they also end the file part that is being read. */
function isParserError(error: unknown): boolean {
  return error instanceof multer.MulterError || (error instanceof Error && error.name === 'Error')
}
