import { buffer } from 'node:stream/consumers'
import { parseSha256 } from '../../../contract/identifiers.ts'
import { sniffMediaType, SNIFF_BYTES } from '../../../documents/sniff-media-type.ts'
import { OcrError } from '../../../platform/errors.ts'
import { storageError } from '../../../storage/object-file.ts'
import { blobKey } from '../../../storage/object-keys.ts'
import { FILES_PATH, verifyFileUrl } from '../../../storage/signed-url.ts'
import type { AppDeps } from '../../app-deps.ts'
import type { DocumentSource } from '../../gateway/submission.ts'
import { RequestError } from '../../http/request-error.ts'

/**
 * The file behind a URL that our upload gave out and that still holds; `null` for every other URL.
 * Which host stands in it does not matter: nothing is fetched, and the signature proves it ours.
 *
 * @throws {OcrError} `UNSUPPORTED_FILE_TYPE`, `STORAGE_UNAVAILABLE`
 * @throws {RequestError} `REQUEST_MALFORMED` when the file is gone
 */
export async function readStoredFile(
  { store, signingSecret }: Pick<AppDeps, 'store' | 'signingSecret'>,
  fileUrl: string,
): Promise<DocumentSource | null> {
  const url = URL.parse(fileUrl)
  const key = url?.pathname.split(FILES_PATH).at(-1) ?? ''
  // Uploads only: results have signed URLs too, and are no documents.
  const sha256 = parseSha256(/^blobs\/(.*)$/.exec(key)?.[1] ?? '')
  if (url === null || sha256 === null) return null
  const signed = verifyFileUrl(signingSecret.reveal(), { key, query: url.searchParams })
  if (signed === null) return null
  const blob = await store.get(blobKey(sha256), { firstByte: 0, lastByte: SNIFF_BYTES - 1 })
  if (blob === null) throw new RequestError('file_url: the uploaded file is no longer there')
  const head = await buffer(blob.body).catch((error: unknown) => {
    throw storageError('read an upload', error)
  })
  const mediaType = await sniffMediaType(head)
  if (mediaType === null)
    throw new OcrError('UNSUPPORTED_FILE_TYPE', 'Cannot submit the upload: its type is unknown')
  const { sizeBytes } = blob.info
  return { kind: 'stored', sha256, sizeBytes, mediaType, fileName: signed.fileName }
}
