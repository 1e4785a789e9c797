import { createReadStream } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import type {
  DocumentRequest,
  FallbackEngine,
  MediaType,
  ProcessDocumentInput,
} from '../../contract/document.ts'
import { ENGINES, type EngineId } from '../../contract/engines.ts'
import type { DocumentId } from '../../contract/identifiers.ts'
import { MEMO, SEARCH_ATTRIBUTE } from '../../contract/names.ts'
import { OcrError } from '../../platform/errors.ts'
import type { BlobStore } from '../../storage/blob-store.ts'
import { blobKey, referenceKey, requestKey, tombstoneKey } from '../../storage/object-keys.ts'
import { writeJson, writeJsonIfAbsent } from '../../storage/read-blob.ts'
import type { DocumentFacts } from './document-facts.ts'
import { documentIdForKey, fingerprintOf, randomDocumentId } from './document-identity.ts'
import { engineQueueOf, type DocumentQueues } from './document-queues.ts'
import type { Upload } from '../uploads/receive-upload.ts'
import { releaseBlob } from './release-blob.ts'
import type { TemporalDocuments } from './temporal-documents.ts'

/** A start whose outcome is unknown is tried again for this long, with the same id. */
const START_BUDGET_MS = 5000
/** The sweep removes unused blobs after 24 hours; younger than this, they outlive the start. */
const RENEW_BLOB_AFTER_MS = 12 * 60 * 60 * 1000
/** A run of 400 pages replays in well under a second. */
const PAGES_PER_RUN = 400
/** A batch is drawn by one guarded child; more would delay the first pages. */
const PAGES_PER_RASTER_BATCH = 25

const CONTENT_TYPES = {
  pdf: 'application/pdf',
  png: 'image/png',
  jpeg: 'image/jpeg',
  tiff: 'image/tiff',
  webp: 'image/webp',
  gif: 'image/gif',
  bmp: 'image/bmp',
} as const satisfies Record<MediaType, string>

/** An upload and what is to be done with it. */
export type Submission = Pick<
  DocumentRequest,
  | 'dialect'
  | 'owner'
  | 'engine'
  | 'languages'
  | 'dpi'
  | 'pages'
  | 'password'
  | 'maxPages'
  | 'maxImageSidePx'
  | 'textStyle'
> & {
  readonly upload: Upload
  /** Route of the request; an idempotency key counts for one route. */
  readonly route: string
  readonly idempotencyKey: string | null
  /** Time for the document from now on; `null`: no limit. */
  readonly deadlineMs: number | null
}

/** What became of a submission; `replayed`: the key had been used, nothing new was started. */
export type Submitted = { readonly documentId: DocumentId; readonly replayed: boolean }

/** What submitting works with. */
export type SubmitDependencies = {
  readonly store: BlobStore
  readonly temporal: TemporalDocuments
  readonly facts: DocumentFacts
  readonly secret: string | Buffer
  readonly queues: DocumentQueues
  /** Takes over pages that an engine behind a server cannot read; `null`: none does. */
  readonly fallbackEngine: EngineId | null
  /** Replaces the engine's own window. */
  readonly windowPages: number | null
}

/**
 * Stores an upload and starts its workflow; returns once Temporal has acknowledged the start.
 *
 * Objects first, then the start, so that a killed api leaves at most objects without a workflow: a
 * retry with the same idempotency key goes on from there, the sweep removes the others. The reference
 * comes before the blob, so that whoever deletes the last other document sees it.
 *
 * @throws {OcrError} `UNSUPPORTED_FILE_TYPE`, `IDEMPOTENCY_KEY_REUSED`, `DOCUMENT_NOT_FOUND` (the key's
 *   document was deleted), `STORAGE_UNAVAILABLE`, `SERVICE_UNAVAILABLE`
 */
export async function submitDocument(
  deps: SubmitDependencies,
  submission: Submission,
): Promise<Submitted> {
  const request = requestOf(deps.secret, submission)
  const { documentId } = request
  const isKeyed = submission.idempotencyKey !== null
  if (isKeyed && (await isAlreadyStarted(deps, request))) return { documentId, replayed: true }

  const isMine = await storeObjects(deps, request, submission.upload)
  // Before the start, so that a worker finds the file, and after it, for a DELETE that came late.
  await restoreBlob(deps, request, submission.upload)
  await start(deps, inputOf(deps, request, submission.deadlineMs), request)
  await restoreBlob(deps, request, submission.upload)
  return { documentId, replayed: !isMine }
}

function requestOf(secret: string | Buffer, submission: Submission): DocumentRequest {
  const { upload, owner, route, idempotencyKey, deadlineMs: _notStored, ...options } = submission
  const { mediaType, sha256, sizeBytes } = upload
  if (mediaType === null)
    throw new OcrError('UNSUPPORTED_FILE_TYPE', 'Cannot accept upload: its type is unknown')
  return {
    ...options,
    documentId:
      idempotencyKey === null
        ? randomDocumentId()
        : documentIdForKey(secret, { owner, route, idempotencyKey }),
    owner,
    fileName: upload.fileName,
    mediaType,
    sha256,
    sizeBytes,
    fingerprint: fingerprintOf(secret, { ...options, sha256 }),
    createdAt: new Date().toISOString(),
  }
}

/** Looks whether the key was used; also after Temporal's retention, as long as the results live. */
async function isAlreadyStarted(
  { store, facts, temporal }: SubmitDependencies,
  { documentId, fingerprint }: DocumentRequest,
): Promise<boolean> {
  if ((await store.head(tombstoneKey(documentId))) !== null)
    throw new OcrError('DOCUMENT_NOT_FOUND', 'Cannot submit again: the document was deleted')
  const earlier = await facts.request(documentId)
  if (earlier === null) return false
  if (earlier.fingerprint !== fingerprint) throw keyReused()
  if ((await facts.manifest(documentId)) !== null) return true
  // A request that was killed before its start left objects only.
  return (await temporal.describe(documentId)) !== null
}

/** Returns whether the request was written by this call, and not by one with the same key. */
async function storeObjects(
  { store, facts }: SubmitDependencies,
  request: DocumentRequest,
  upload: Upload,
): Promise<boolean> {
  const { documentId, sha256 } = request
  await writeJson(store, referenceKey(sha256, documentId), { createdAt: request.createdAt })
  await putBlob(store, request, upload)
  const { created } = await writeJsonIfAbsent(store, requestKey(documentId), request)
  if (created) return true
  const earlier = await facts.request(documentId)
  if (earlier === null || earlier.fingerprint === request.fingerprint) return false
  // Lost a race against another body under the same key, which refers to other bytes.
  if (earlier.sha256 !== sha256) await releaseBlob(store, sha256, documentId)
  throw keyReused()
}

async function putBlob(store: BlobStore, request: DocumentRequest, upload: Upload): Promise<void> {
  const { sha256 } = request
  const key = blobKey(sha256)
  const options = { contentType: CONTENT_TYPES[request.mediaType], sha256 }
  const { created } = await store.put(key, createReadStream(upload.path), {
    ...options,
    ifAbsent: true,
  })
  if (created) return
  const stored = await store.head(key)
  const isYoung =
    stored !== null && Date.now() - Date.parse(stored.modifiedAt) < RENEW_BLOB_AFTER_MS
  if (!isYoung) await store.put(key, createReadStream(upload.path), options)
}

/** A DELETE of the last other document may have taken the blob before it saw our reference. */
async function restoreBlob(
  { store }: SubmitDependencies,
  request: DocumentRequest,
  upload: Upload,
): Promise<void> {
  if ((await store.head(blobKey(request.sha256))) === null) await putBlob(store, request, upload)
}

function inputOf(
  { queues, windowPages, fallbackEngine }: SubmitDependencies,
  { documentId, sha256, engine, pages }: DocumentRequest,
  deadlineMs: number | null,
): ProcessDocumentInput {
  return {
    documentId,
    documentSha256: sha256,
    engine,
    engineClass: ENGINES[engine].engineClass,
    engineQueue: engineQueueOf(engine, queues),
    ladder: ENGINES[engine].ladder,
    fallback: fallbackOf(engine, { queues, fallbackEngine }),
    cpuQueue: queues.cpu,
    pages,
    windowPages: windowPages ?? ENGINES[engine].windowPages,
    pagesPerRun: PAGES_PER_RUN,
    pagesPerRasterBatch: PAGES_PER_RASTER_BATCH,
    deadlineAtMs: deadlineMs === null ? null : Date.now() + deadlineMs,
    resume: null,
  }
}

/** The built-in engines need none: what they cannot read, another one of them cannot either. */
function fallbackOf(
  engine: EngineId,
  { queues, fallbackEngine }: Pick<SubmitDependencies, 'queues' | 'fallbackEngine'>,
): FallbackEngine | null {
  if (fallbackEngine === null || fallbackEngine === engine) return null
  if (ENGINES[engine].engineClass === 'cpu') return null
  return {
    engine: fallbackEngine,
    engineClass: ENGINES[fallbackEngine].engineClass,
    engineQueue: engineQueueOf(fallbackEngine, queues),
  }
}

async function start(
  { temporal, queues }: SubmitDependencies,
  input: ProcessDocumentInput,
  request: DocumentRequest,
): Promise<void> {
  const { dialect, engine, owner, mediaType, fingerprint, sizeBytes } = request
  const options = {
    taskQueue: queues.documents,
    memo: { [MEMO.fingerprint]: fingerprint, [MEMO.bytes]: sizeBytes },
    searchAttributes: {
      [SEARCH_ATTRIBUTE.dialect]: dialect,
      [SEARCH_ATTRIBUTE.engine]: engine,
      [SEARCH_ATTRIBUTE.phase]: 'inspecting',
      ...(owner === null ? {} : { [SEARCH_ATTRIBUTE.owner]: owner }),
    },
    summary: `${mediaType} · ${engine}`,
  }
  const giveUpAtMs = Date.now() + START_BUDGET_MS
  for (let pauseMs = 100; ; pauseMs = Math.min(1000, 2 * pauseMs)) {
    try {
      await temporal.start(input, options)
      return
    } catch (error) {
      // It may have been started: only the same id may be tried again.
      const isUnknown = error instanceof OcrError && error.code === 'SERVICE_UNAVAILABLE'
      if (!isUnknown || Date.now() + pauseMs > giveUpAtMs) throw error
      await wait(pauseMs)
    }
  }
}

function keyReused(): OcrError {
  return new OcrError('IDEMPOTENCY_KEY_REUSED', 'Cannot submit: the key was used for another body')
}
