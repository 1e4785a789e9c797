import { join } from 'node:path'
import type { DocumentRequest, FetchInput, FetchResult, RemoteFile } from '../contract/document.ts'
import { sniffMediaType } from '../documents/sniff-media-type.ts'
import { OcrError } from '../platform/errors.ts'
import { safeFetch } from '../platform/safe-fetch.ts'
import { createTemporaryDirectory } from '../platform/temporary-directory.ts'
import { manifestKey, referenceKey, requestKey } from '../storage/object-keys.ts'
import { writeJson } from '../storage/read-blob.ts'
import { receiveFile } from '../storage/receive-file.ts'
import { restoreBlob, storeBlob } from '../storage/store-blob.ts'
import type { ActivityDependencies } from './activity-dependencies.ts'
import { readRequest } from './source-document.ts'

/**
 * Fetches the file of a document through the guard, stores it under its hash and notes in the request
 * what it is. A second run finds that and fetches nothing.
 *
 * @throws {OcrError} `URL_NOT_ALLOWED`, `FETCH_REFUSED`, `FETCH_FAILED`, `FILE_TOO_LARGE`, `EMPTY_FILE`,
 *   `UNSUPPORTED_FILE_TYPE`, `BLOB_MISSING`, `STORAGE_UNAVAILABLE`
 */
export async function fetchDocument(
  deps: ActivityDependencies,
  { documentId }: FetchInput,
  signal: AbortSignal,
): Promise<FetchResult> {
  const startedAtMs = Date.now()
  const request = await readRequest(deps, { documentId })
  if (request.sha256 !== null) return { documentSha256: request.sha256, startedAtMs }
  if (!request.remote)
    throw new OcrError('BLOB_MISSING', 'Cannot fetch the file: its address is gone')
  const fetched = await fetchIntoStore(deps, { request, remote: request.remote }, signal)
  // After a cancel the ending is written, which erases what must not come back.
  signal.throwIfAborted()
  if ((await deps.store.head(manifestKey(documentId))) !== null)
    throw new OcrError('CANCELLED', 'Cannot note the file: the document has ended')
  const known = { ...request, ...fetched, remote: null }
  await writeJson(deps.store, requestKey(documentId), known)
  return { documentSha256: fetched.sha256, startedAtMs }
}

async function fetchIntoStore(
  deps: ActivityDependencies,
  { request, remote }: { request: DocumentRequest; remote: RemoteFile },
  signal: AbortSignal,
) {
  await using temporary = await createTemporaryDirectory(deps.temporaryDirectory, 'fetched')
  await using file = await safeFetch({
    ...deps.urlRules,
    url: remote.url,
    maxBytes: remote.maxBytes,
    signal,
  })
  const path = join(temporary.path, 'file')
  const { sha256, sizeBytes, head } = await receiveFile(file.body, path)
  if (sizeBytes === 0) throw new OcrError('EMPTY_FILE', 'Cannot accept the file: 0 bytes')
  const mediaType = await sniffMediaType(head)
  const isAccepted = mediaType !== null && (remote.mediaTypes?.includes(mediaType) ?? true)
  if (!isAccepted)
    throw new OcrError('UNSUPPORTED_FILE_TYPE', 'Cannot accept the file: its type is not read')
  signal.throwIfAborted()
  const reference = referenceKey(sha256, request.documentId)
  await storeBlob(deps.store, { sha256, mediaType, path }, { reference, signal })
  // For a DELETE of the last other document that took the blob meanwhile.
  await restoreBlob(deps.store, { sha256, mediaType, path })
  return { sha256, sizeBytes, mediaType, fileName: file.fileName ?? request.fileName }
}
