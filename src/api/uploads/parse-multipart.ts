import { mkdir } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import type { Request, Response } from 'express'
import multer, { type Options } from 'multer'
import { OcrError } from '../../platform/errors.ts'
import { storageError } from '../../storage/object-file.ts'
import { openGuardedBody, type ByteGuardOptions } from './byte-guard.ts'
import type { UploadStorage } from './upload-storage.ts'

/** Boundaries, part headers and text fields around files. */
const BODY_OVERHEAD_BYTES = 64 * 1024

/** How to read a multipart body. */
export type MultipartOptions = Omit<ByteGuardOptions, 'maxBodyBytes'> & {
  /** Name of the file parts. */
  readonly fieldName: string
  readonly maxFiles: number
  /** Largest file, in bytes. */
  readonly maxFileBytes: number
  /** The largest sum of all files, in bytes. */
  readonly maxTotalBytes: number
  /** Made when it is missing. */
  readonly temporaryDirectory: string
}

/** What a multipart body held besides the bytes of its files, which are in the storage. */
export type ParsedBody = {
  /** In the order in which they came. */
  readonly files: readonly { readonly path: string; readonly fileName: string }[]
  /** Text fields; of one that is sent twice the last. */
  readonly fields: Readonly<Record<string, string>>
}

/**
 * Reads a multipart body into a storage; `null` when a file part has another name, and `too-many`
 * when there are more files than allowed.
 *
 * @throws {OcrError} `FILE_TOO_LARGE`, `REQUEST_MALFORMED`, `REQUEST_TIMEOUT`, `STORAGE_UNAVAILABLE`
 */
export async function parseMultipart(
  req: IncomingMessage,
  storage: UploadStorage,
  options: MultipartOptions,
): Promise<ParsedBody | 'too-many' | null> {
  const { fieldName, maxFiles, maxTotalBytes, temporaryDirectory, ...rate } = options
  await makeDirectory(temporaryDirectory)
  // From here to multer's listeners without a pause, so that no failure of the body is missed.
  const body = openGuardedBody(req, { ...rate, maxBodyBytes: maxTotalBytes + BODY_OVERHEAD_BYTES })
  try {
    // Multer uses a request's headers and stream, and sets these members on it.
    const request = Object.assign(body, { headers: req.headers }) as unknown as Request
    const parse = multer(multerOptions(storage, options)).array(fieldName, maxFiles)
    await new Promise<void>((resolve, reject) => {
      // The second argument is never touched by multer; the first failure is the guard's, if it has one.
      parse(request, {} as Response, (error?: unknown) =>
        error ? reject(body.errored ?? error) : resolve(),
      )
    })
    // `array` leaves an array here, or nothing when the body is not multipart.
    const files = Array.isArray(request.files) ? request.files : []
    return {
      files: files.map(({ path, originalname }) => ({ path, fileName: originalname })),
      fields: textFields(request.body),
    }
  } catch (error) {
    const unexpected = unexpectedPart(error)
    if (unexpected !== null && unexpected !== fieldName) return null
    // Of a second file where one is meant multer says the same as of a hundredth.
    if (unexpected !== null && maxFiles > 1) return 'too-many'
    throw translate(error, storage)
  } finally {
    body.destroy()
  }
}

function multerOptions(
  storage: UploadStorage,
  { maxFileBytes, maxFiles }: MultipartOptions,
): Options {
  return {
    storage,
    // Latin-1 by default, which spoils Chinese names.
    defParamCharset: 'utf8',
    // Every limit is named, because those left out are infinite.
    limits: {
      fileSize: maxFileBytes,
      // With one more, the count of the named field is what is exceeded.
      files: maxFiles === 1 ? 1 : maxFiles + 1,
      fields: 20,
      parts: 24 + maxFiles,
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

function unexpectedPart(error: unknown): string | null {
  const isUnexpected = error instanceof multer.MulterError && error.code === 'LIMIT_UNEXPECTED_FILE'
  return isUnexpected ? (error.field ?? '') : null
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
