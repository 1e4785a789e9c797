import type { DocumentRequest, MediaType, RemoteFile } from '../../contract/document.ts'
import type { Sha256 } from '../../contract/identifiers.ts'
import { OcrError } from '../../platform/errors.ts'
import type { BlobFile } from '../../storage/store-blob.ts'
import type { Upload } from '../uploads/receive-upload.ts'
import { documentIdForKey, fingerprintOf, randomDocumentId } from './document-identity.ts'

/** Where a document's file comes from. */
export type DocumentSource =
  | { readonly kind: 'upload'; readonly upload: Upload }
  /** Stored before under its hash, by {@link storeBlob}. */
  | {
      readonly kind: 'stored'
      readonly sha256: Sha256
      readonly sizeBytes: number
      readonly mediaType: MediaType
      readonly fileName: string
    }
  /** For a worker to fetch. The URL has passed `checkUrl`. */
  | { readonly kind: 'remote'; readonly remote: RemoteFile }

/** A file and what is to be done with it. */
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
  | 'question'
  | 'relayUrl'
  | 'callback'
  | 'clientAddress'
> & {
  readonly source: DocumentSource
  /** Address that the request came from, for quotas and turns; never stored. `null`: unknown. */
  readonly senderAddress: string | null
  /** Route of the request; an idempotency key counts for one route. */
  readonly route: string
  readonly idempotencyKey: string | null
  /** Time for the document from now on; `null`: no limit. */
  readonly deadlineMs: number | null
  /** Pages under way at once. Default: the engine's. */
  readonly windowPages?: number
  /** Times that a page is tried again after a transient failure. Default: as we find right. */
  readonly maxRetries?: number
}

/**
 * What is stored of a submission.
 *
 * @param secret Turns idempotency keys into ids
 * @throws {OcrError} `UNSUPPORTED_FILE_TYPE`
 */
export function requestOf(secret: string | Buffer, submission: Submission): DocumentRequest {
  const {
    source,
    owner,
    route,
    idempotencyKey,
    deadlineMs: _deadlineMs,
    windowPages: _windowPages,
    maxRetries: _maxRetries,
    senderAddress: _senderAddress,
    ...options
  } = submission
  const file = factsOf(source)
  const remote = source.kind === 'remote' ? source.remote : null
  return {
    ...options,
    ...file,
    remote,
    documentId:
      idempotencyKey === null
        ? randomDocumentId()
        : documentIdForKey(secret, { owner, route, idempotencyKey }),
    owner,
    fingerprint: fingerprintOf(secret, { ...options, sha256: file.sha256, remote }),
    createdAt: new Date().toISOString(),
  }
}

type FileFacts = Pick<DocumentRequest, 'fileName' | 'mediaType' | 'sha256' | 'sizeBytes'>

function factsOf(source: DocumentSource): FileFacts {
  switch (source.kind) {
    case 'remote':
      return { fileName: 'document', mediaType: null, sha256: null, sizeBytes: null }
    case 'stored': {
      const { fileName, mediaType, sha256, sizeBytes } = source
      return { fileName, mediaType, sha256, sizeBytes }
    }
    case 'upload': {
      const { fileName, mediaType, sha256, sizeBytes } = source.upload
      if (mediaType === null)
        throw new OcrError('UNSUPPORTED_FILE_TYPE', 'Cannot accept upload: its type is unknown')
      return { fileName, mediaType, sha256, sizeBytes }
    }
  }
}

/** The file of a submission that lies on this disk; `null` where there is none to put. */
export function uploadedFile(source: DocumentSource): BlobFile | null {
  if (source.kind !== 'upload' || source.upload.mediaType === null) return null
  const { sha256, mediaType, path } = source.upload
  return { sha256, mediaType, path }
}
