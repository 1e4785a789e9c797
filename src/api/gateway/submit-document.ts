import { setTimeout as wait } from 'node:timers/promises'
import type { DocumentRequest, MediaType, ProcessDocumentInput } from '../../contract/document.ts'
import type { DocumentId } from '../../contract/identifiers.ts'
import { MEMO, SEARCH_ATTRIBUTE } from '../../contract/names.ts'
import { OcrError } from '../../platform/errors.ts'
import { awaitRemovals } from '../../storage/blob-removal.ts'
import type { BlobStore } from '../../storage/blob-store.ts'
import { referenceKey, requestKey, tombstoneKey } from '../../storage/object-keys.ts'
import { writeJsonIfAbsent } from '../../storage/read-blob.ts'
import { releaseBlob } from '../../storage/release-blob.ts'
import {
  referToBlob,
  restoreBlob,
  storeBlob,
  writeReference,
  type BlobFile,
} from '../../storage/store-blob.ts'
import type { DocumentFacts } from './document-facts.ts'
import { requestOf, uploadedFile, type Submission } from './submission.ts'
import { submitterOf } from './submitter.ts'
import type { TemporalDocuments } from './temporal-documents.ts'
import type { AdmissionControl } from '../limits/admission.ts'
import type { TakenBytes } from '../limits/storage-use.ts'
import { staticDetails, staticSummary } from './static-details.ts'
import { engineQueueOf } from './document-queues.ts'
import { inputOf, type WorkflowSettings } from './workflow-input.ts'

/** A start whose outcome is unknown is tried again for this long, with the same id. */
const START_BUDGET_MS = 5000

/** What became of a submission; `replayed`: the key had been used, nothing new was started. */
export type Submitted = { readonly documentId: DocumentId; readonly replayed: boolean }

/** What submitting works with. */
export type SubmitDependencies = WorkflowSettings & {
  readonly store: BlobStore
  readonly temporal: TemporalDocuments
  readonly facts: DocumentFacts
  readonly admission: Pick<AdmissionControl, 'admit'>
  readonly secret: string | Buffer
  /** Origin of the api, for the link that operators find beside the run; `null`: not known. */
  readonly publicUrl: string | null
}

/**
 * Stores a file, if it lies here, and starts its workflow; returns once Temporal has acknowledged the start.
 *
 * Objects first, then the start, so that a killed api leaves at most objects without a workflow: a
 * retry with the same idempotency key goes on from there, the sweep removes the others. The reference
 * comes before the blob, so that whoever deletes the last other document sees it.
 *
 * @throws {OcrError} `UNSUPPORTED_FILE_TYPE`, `IDEMPOTENCY_KEY_REUSED`, `DOCUMENT_NOT_FOUND` (the key's
 *   document was deleted), `BLOB_MISSING` (of a file that was stored before), `STORAGE_FULL`,
 *   `QUEUE_FULL`, `QUOTA_EXCEEDED`, `STORAGE_UNAVAILABLE`,
 *   `SERVICE_UNAVAILABLE`
 */
export async function submitDocument(
  deps: SubmitDependencies,
  submission: Submission,
): Promise<Submitted> {
  const request = requestOf(deps.secret, submission)
  const { documentId } = request
  const isKeyed = submission.idempotencyKey !== null
  if (isKeyed && (await isAlreadyStarted(deps, request))) return { documentId, replayed: true }

  const submitter = submitterOf(deps.secret, submission)
  // After the look at the key: what was accepted once is not refused any more.
  using admitted = await admit(deps, request, submitter)
  const upload = uploadedFile(submission.source)
  const isMine = await storeObjects(deps, request, upload)
  // Before the start, so that a worker finds the file, and after it, for a removal that came late.
  if (upload !== null) await restoreBlob(deps.store, upload)
  await start(deps, inputOf(deps, request, { ...submission, submitter }), request)
  if (isMine) admitted.keep()
  if (isKeyed) await restoreObjects(deps.store, request, upload)
  else if (upload !== null) await restoreBlob(deps.store, upload)
  return { documentId, replayed: !isMine }
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

/** Asks whether the document is taken; what was taken for it is given back by disposing. */
function admit(
  { admission, queues }: SubmitDependencies,
  { engine, sizeBytes }: DocumentRequest,
  submitter: string,
): Promise<TakenBytes> {
  const needed = new Set([queues.cpu, engineQueueOf(engine, queues)])
  return admission.admit({ submitter, queues: [...needed], sizeBytes: sizeBytes ?? 0 })
}

/** Returns whether the request was written by this call, and not by one with the same key. */
async function storeObjects(
  { store, facts }: SubmitDependencies,
  request: DocumentRequest,
  upload: BlobFile | null,
): Promise<boolean> {
  const { documentId, sha256 } = request
  const reference = sha256 === null ? null : referenceKey(sha256, documentId)
  if (upload !== null && reference !== null) await storeBlob(store, upload, { reference })
  else if (sha256 !== null && reference !== null && !(await referToBlob(store, sha256, reference)))
    throw new OcrError('BLOB_MISSING', 'Cannot submit: the file is not stored any more')
  const { created } = await writeJsonIfAbsent(store, requestKey(documentId), request)
  if (created) return true
  const earlier = await facts.request(documentId)
  if (earlier === null || earlier.fingerprint === request.fingerprint) return false
  // Lost a race against another body under the same key, which refers to other bytes.
  if (sha256 !== null && earlier.sha256 !== sha256) await releaseBlob(store, sha256, documentId)
  throw keyReused()
}

/**
 * Writes again what a submit under the same key may have written a day before without starting it:
 * the sweep may have taken that for abandoned, and removed it, or a part of it, until this start.
 */
async function restoreObjects(
  store: BlobStore,
  request: DocumentRequest,
  upload: BlobFile | null,
): Promise<void> {
  const { documentId, sha256 } = request
  // First, because the sweep leaves the references of what was requested.
  await writeJsonIfAbsent(store, requestKey(documentId), request)
  if (sha256 === null) return
  await writeReference(store, referenceKey(sha256, documentId))
  await awaitRemovals(store, sha256)
  if (upload !== null) await restoreBlob(store, upload)
}

async function start(
  { temporal, queues, publicUrl }: SubmitDependencies,
  input: ProcessDocumentInput,
  request: DocumentRequest,
): Promise<void> {
  const { dialect, engine, owner, mediaType, fingerprint, sizeBytes } = request
  const { fairnessKey: submitter } = input
  const options = {
    taskQueue: queues.documents,
    memo: {
      [MEMO.fingerprint]: fingerprint,
      ...(sizeBytes === null ? {} : { [MEMO.bytes]: sizeBytes }),
    },
    searchAttributes: {
      [SEARCH_ATTRIBUTE.dialect]: dialect,
      [SEARCH_ATTRIBUTE.engine]: engine,
      [SEARCH_ATTRIBUTE.phase]: 'inspecting',
      ...(mediaType === null ? {} : { [SEARCH_ATTRIBUTE.format]: formatOf(mediaType) }),
      ...(owner === null ? {} : { [SEARCH_ATTRIBUTE.owner]: owner }),
      ...(submitter === undefined ? {} : { [SEARCH_ATTRIBUTE.submitter]: submitter }),
    },
    summary: staticSummary(request),
    details: staticDetails({ input, request, documentsQueue: queues.documents, publicUrl }),
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

/** What `SEARCH_ATTRIBUTE.format` says. */
function formatOf(mediaType: MediaType): 'image' | 'pdf' {
  return mediaType === 'pdf' ? 'pdf' : 'image'
}

function keyReused(): OcrError {
  return new OcrError('IDEMPOTENCY_KEY_REUSED', 'Cannot submit: the key was used for another body')
}
