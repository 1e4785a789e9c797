import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { DocumentRef, DocumentRequest } from '../contract/document.ts'
import type { SourceFile } from '../documents/source-file.ts'
import { OcrError } from '../platform/errors.ts'
import { createTemporaryDirectory } from '../platform/temporary-directory.ts'
import { blobKey, requestKey } from '../storage/object-keys.ts'
import { readJson } from '../storage/read-blob.ts'
import type { ActivityDependencies } from './activity-dependencies.ts'

/** An upload laid on the local disk for a guarded child; disposing removes it. */
export type SourceDocument = AsyncDisposable & {
  readonly request: DocumentRequest
  readonly file: SourceFile
  /** For files that belong to this piece of work; goes with it. */
  readonly directory: string
}

/**
 * Reads what was asked for.
 *
 * @throws {OcrError} `BLOB_MISSING` when the document was deleted meanwhile
 */
export async function readRequest(
  deps: ActivityDependencies,
  ref: Pick<DocumentRef, 'documentId'>,
): Promise<DocumentRequest> {
  const request = await readJson<DocumentRequest>(deps.store, requestKey(ref.documentId))
  if (request === null)
    throw new OcrError('BLOB_MISSING', 'Cannot read the request: it is not in the store')
  return request
}

/**
 * Copies the upload to the local disk and checks its hash on the way.
 *
 * @throws {OcrError} `BLOB_MISSING` when it is gone or is not what was uploaded; `STORAGE_UNAVAILABLE`
 */
export async function openSource(
  deps: ActivityDependencies,
  ref: DocumentRef,
  signal: AbortSignal,
): Promise<SourceDocument> {
  const request = await readRequest(deps, ref)
  const temporary = await createTemporaryDirectory(deps.temporaryDirectory, 'source')
  try {
    const { mediaType } = request
    if (mediaType === null)
      throw new OcrError('BLOB_MISSING', 'Cannot read the upload: it was not fetched')
    const path = join(temporary.path, `upload.${mediaType}`)
    const blob = await deps.store.get(blobKey(ref.documentSha256))
    if (blob === null)
      throw new OcrError('BLOB_MISSING', 'Cannot read the upload: it is not in the store')
    const hash = createHash('sha256')
    const tap = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        hash.update(chunk)
        done(null, chunk)
      },
    })
    await pipeline(blob.body, tap, createWriteStream(path, { mode: 0o600 }), { signal })
    if (hash.digest('hex') !== ref.documentSha256)
      throw new OcrError('BLOB_MISSING', 'Cannot read the upload: its hash is not the expected one')
    const { password, maxImageSidePx } = request
    return {
      request,
      file: { path, mediaType, password, maxImageSidePx },
      directory: temporary.path,
      [Symbol.asyncDispose]: () => temporary[Symbol.asyncDispose](),
    }
  } catch (error) {
    await temporary[Symbol.asyncDispose]()
    throw error
  }
}
