import {
  parseBlobKey,
  type BlobKey,
  type DocumentId,
  type PageNumber,
  type Sha256,
} from '../contract/identifiers.ts'
import { toChinaTime } from '../platform/china-time.ts'

/*
 * Everything that is stored, and who owns it:
 *
 *   blobs/<sha256>                                  the upload; shared by documents of equal bytes
 *   references/<sha256>/<document id>               one per document that uses the blob
 *   references/<sha256>/upload-<random id>          an upload without a document, good for 24 hours
 *   pages/<sha256>/<page>/image-<dpi>.png           page image, upright
 *   pages/<sha256>/<page>/image-<dpi>.json          what was noticed while it was drawn
 *   pages/<sha256>/<page>/<engine>/<params>.json    recognized page; <params> is a hash of everything
 *                                                   that decides its content, the engine's version included
 *   pages/<sha256>/<page>/<engine>/<params>-<hash>.png crop of one of its pictures
 *   documents/<id>/request.json                     what was asked for (put if absent)
 *   documents/<id>/manifest.json                    how it ended
 *   documents/<id>/webhooks.json                    how the deliveries to its receiver stand
 *   documents/<id>/pages/<page>.json                a page that was not read by the first step of its
 *                                                   engine's ladder: for this document only, since the
 *                                                   next one may find the engine well
 *   documents/<id>/result.{txt,md,json}             the results
 *   documents/<id>/results/<yyyy>/<mm>/<dd>/<id>/001_result_<id>.json the SCNet dialect's, by the day
 *                                                   of the submit in UTC+8
 *   documents/<id>/deleted.json                     tombstone: the id stays unknown from now on
 *   accounts/<hex of the name>.json                 a Qianxia user (put if absent)
 *   accounts/first.json                             the name that became admin (put if absent)
 *   saved-results/<name>[.<owner>]                  a text that a caller of the DeepSeek dialect wanted saved
 *   removals/<sha256>/<random id>.json              somebody is about to remove the blob, see blob-removal.ts
 *   workers/<host>-<role>-<server>.json             what a GPU worker tells of itself, every 10 s;
 *                                                   <server> is a hash of its model server's address
 *
 * DELETE removes documents/<id>/ at once; the blob and its pages/ with it when that was the last
 * reference. The tombstone comes first; on a full store it comes when there is room, and until then
 * request and manifest stay (bury-document.ts). Everything else goes with the hourly sweep (activities/sweep/):
 *
 *   documents/<id>/         OCR_RESULTS_DAYS after the document's end, the tombstone when Temporal has
 *                           forgotten the id; a request that was never started after 24 hours
 *   references/<sha256>/    with its document; OCR_INTERMEDIATES_HOURS after the end where the dialect
 *                           calls files temporary; that of an upload after 24 hours
 *   blobs/                  without a reference, and 24 hours old
 *   pages/                  with their blob; what was written after it went, when there is no reference
 *                           and nothing of them is younger than 24 hours
 *   saved-results/          OCR_RESULTS_DAYS
 *   workers/, removals/     24 hours
 *   accounts/               never
 */

const UPLOAD_PREFIX = 'upload-'

/** How long an upload without a document is kept. */
export const UPLOAD_LIFE_MS = 24 * 60 * 60 * 1000

/** Formats of a result, by what they are called in URLs. */
export const RESULT_FILE = {
  text: { extension: 'txt', contentType: 'text/plain; charset=utf-8' },
  markdown: { extension: 'md', contentType: 'text/markdown; charset=utf-8' },
  json: { extension: 'json', contentType: 'application/json; charset=utf-8' },
} as const

/** A key of {@link RESULT_FILE}. */
export type ResultFormat = keyof typeof RESULT_FILE

/** Prefix of all uploaded bytes. */
export const BLOBS_PREFIX = 'blobs/'

/** Prefix of everything made from pages. */
export const PAGES_PREFIX = 'pages/'

/** Prefix of all references. */
export const REFERENCES_PREFIX = 'references/'

/** Prefix of what belongs to documents. */
export const DOCUMENTS_PREFIX = 'documents/'

/** Prefix of the notes of who removes a blob. */
export const REMOVALS_PREFIX = 'removals/'

/** The uploaded bytes. */
export const blobKey = (sha256: Sha256): BlobKey => key(BLOBS_PREFIX + sha256)

/** Prefix of all references to a blob. */
export const referencePrefix = (sha256: Sha256): string => `${REFERENCES_PREFIX}${sha256}/`

/** Says that a document uses a blob and its pages. */
export const referenceKey = (sha256: Sha256, documentId: DocumentId): BlobKey =>
  key(referencePrefix(sha256) + documentId)

/** Says that a blob was uploaded for a document that has yet to be submitted. */
export const uploadReferenceKey = (sha256: Sha256, uploadId: string): BlobKey =>
  key(`${referencePrefix(sha256)}${UPLOAD_PREFIX}${uploadId}`)

/** Tells whether a key is one of {@link uploadReferenceKey}. */
export const isUploadReference = (reference: BlobKey): boolean =>
  reference.includes(`/${UPLOAD_PREFIX}`)

/** Prefix of everything made from the pages of a blob. */
export const pagesPrefix = (sha256: Sha256): string => `${PAGES_PREFIX}${sha256}/`

/** Prefix of the notes of who removes this blob. */
export const removalNotesPrefix = (sha256: Sha256): string => `${REMOVALS_PREFIX}${sha256}/`

/** Says that somebody is about to remove a blob. */
export const removalNoteKey = (sha256: Sha256, removerId: string): BlobKey =>
  key(`${removalNotesPrefix(sha256)}${removerId}.json`)

/** Names one page image. */
export type PageImageRef = { sha256: Sha256; page: PageNumber; dpi: number }

/** A page image. */
export const pageImageKey = ({ sha256, page, dpi }: PageImageRef): BlobKey =>
  key(`${pagesPrefix(sha256)}${page}/image-${dpi}.png`)

/** What was noticed while a page image was drawn; written after the image, so it proves it whole. */
export const pageImageFactsKey = ({ sha256, page, dpi }: PageImageRef): BlobKey =>
  key(`${pagesPrefix(sha256)}${page}/image-${dpi}.json`)

/** A recognized page. `paramsHash` is hexadecimal. */
export const pageRecordKey = (ref: {
  sha256: Sha256
  page: PageNumber
  engine: string
  paramsHash: string
}): BlobKey => key(`${pagesPrefix(ref.sha256)}${ref.page}/${ref.engine}/${ref.paramsHash}.json`)

/** Crop of a picture of a recognized page, named by its content (hexadecimal). */
export const pictureKey = (recordKey: BlobKey, hash: string): BlobKey =>
  key(recordKey.replace(/\.json$/, `-${hash}.png`))

/** Prefix of what belongs to one document alone. */
export const documentPrefix = (documentId: DocumentId): string =>
  `${DOCUMENTS_PREFIX}${documentId}/`

/** What was asked for. */
export const requestKey = (documentId: DocumentId): BlobKey =>
  key(`${documentPrefix(documentId)}request.json`)

/** How the document ended. */
export const manifestKey = (documentId: DocumentId): BlobKey =>
  key(`${documentPrefix(documentId)}manifest.json`)

/** How the deliveries of a document's webhooks stand. */
export const webhookLogKey = (documentId: DocumentId): BlobKey =>
  key(`${documentPrefix(documentId)}webhooks.json`)

/** Prefix of the pages that were read for one document only. */
export const documentPagesPrefix = (documentId: DocumentId): string =>
  `${documentPrefix(documentId)}pages/`

/** A page that was read for one document only. */
export const documentPageKey = (documentId: DocumentId, page: PageNumber): BlobKey =>
  key(`${documentPagesPrefix(documentId)}${page}.json`)

/** Tombstone of a deleted document. */
export const tombstoneKey = (documentId: DocumentId): BlobKey =>
  key(`${documentPrefix(documentId)}deleted.json`)

/** A result file. */
export const resultKey = (documentId: DocumentId, format: ResultFormat): BlobKey =>
  key(`${documentPrefix(documentId)}result.${RESULT_FILE[format].extension}`)

/** A Qianxia user, by a name of at most 80 bytes of UTF-8. */
export const accountKey = (name: string): BlobKey =>
  key(`accounts/${Buffer.from(name, 'utf8').toString('hex')}.json`)

/** The name of the first Qianxia user; no account's key, since it is not hexadecimal. */
export const firstAccountKey = (): BlobKey => key('accounts/first.json')

/** Prefix of the texts that callers of the DeepSeek dialect wanted saved. */
export const SAVED_RESULT_PREFIX = 'saved-results/'

/** A saved text. `name` is one that was checked, see saved-results.ts; the key of another owner is another one. */
export const savedResultKey = (name: string, owner: string | null = null): BlobKey =>
  key(SAVED_RESULT_PREFIX + name + (owner === null ? '' : `.${owner.replace(':', '-')}`))

/** The result file of the SCNet dialect, named as its document has it; `createdAt` is ISO 8601. */
export const scnetResultKey = (documentId: DocumentId, createdAt: string): BlobKey => {
  const day = toChinaTime(createdAt).slice(0, 10).replaceAll('-', '/')
  const name = `001_result_${documentId}.json`
  return key(`${documentPrefix(documentId)}results/${day}/${documentId}/${name}`)
}

/** Prefix of what workers tell of themselves. */
export const WORKER_SNAPSHOT_PREFIX = 'workers/'

/** What one worker tells of itself. `serverHash` is hexadecimal. */
export const workerSnapshotKey = (worker: {
  readonly host: string
  readonly role: string
  readonly serverHash: string
}): BlobKey => {
  const host = worker.host.replace(/[^A-Za-z0-9.-]/g, '-').slice(0, 100)
  return key(`${WORKER_SNAPSHOT_PREFIX}${host}-${worker.role}-${worker.serverHash}.json`)
}

function key(text: string): BlobKey {
  const parsed = parseBlobKey(text)
  if (parsed === null) throw new TypeError(`Not a blob key: ${text}`)
  return parsed
}
