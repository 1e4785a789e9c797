import type { DocumentStatus } from '../../src/contract/document-status.ts'
import type { Manifest } from '../../src/contract/document.ts'
import {
  parseDocumentId,
  parseSha256,
  type DocumentId,
  type Sha256,
} from '../../src/contract/identifiers.ts'
import { INITIAL_PROGRESS } from '../../src/contract/progress.ts'
import { resultKey } from '../../src/storage/object-keys.ts'

/** A document id for tests; `n` tells ids apart. */
export function sampleDocumentId(n = 0): DocumentId {
  const id = parseDocumentId(`550e8400-e29b-41d4-a716-${String(446655440000 + n)}`)
  if (id === null) throw new Error('not a document id')
  return id
}

/** A hash for tests; two hexadecimal digits tell hashes apart. */
export function sampleSha256(digits = 'ab'): Sha256 {
  const sha256 = parseSha256(digits.repeat(32))
  if (sha256 === null) throw new Error('not a hash')
  return sha256
}

/** A document of four pages, two of them done, that was started a minute ago. */
export function sampleStatus(changes: Partial<DocumentStatus> = {}): DocumentStatus {
  return {
    documentId: sampleDocumentId(),
    state: 'processing',
    dialect: 'v1',
    engine: 'paddle',
    fileName: '发票 1.pdf',
    owner: null,
    mediaType: 'pdf',
    sizeBytes: 12_345,
    pages: null,
    progress: {
      ...INITIAL_PROGRESS,
      phase: 'recognizing',
      totalPages: 4,
      donePages: 2,
      okPages: 1,
      degradedPages: 1,
      startedAtMs: Date.parse('2024-03-07T10:00:00.123Z'),
    },
    failedPages: [],
    marks: null,
    pagesUnderWay: [],
    failureCode: null,
    queuedReason: null,
    createdAt: '2024-03-07T09:59:58.999Z',
    startedAt: '2024-03-07T10:00:00.123Z',
    endedAt: null,
    manifest: null,
    ...changes,
  }
}

/** Manifest of a document whose four pages are done. */
export function sampleManifest(changes: Partial<Manifest> = {}): Manifest {
  const documentId = changes.documentId ?? sampleDocumentId()
  return {
    documentId,
    documentSha256: sampleSha256(),
    dialect: 'v1',
    owner: null,
    engine: 'paddle',
    outcome: 'completed',
    failureCode: null,
    progress: { ...INITIAL_PROGRESS, phase: 'completed', totalPages: 4, donePages: 4, okPages: 4 },
    pageCount: 4,
    pages: null,
    marks: 'oooo',
    failed: [],
    createdAt: '2024-03-07T09:59:58.999Z',
    startedAt: '2024-03-07T10:00:00.123Z',
    endedAt: '2024-03-07T10:01:00.123Z',
    results: {
      text: resultKey(documentId, 'text'),
      markdown: resultKey(documentId, 'markdown'),
      json: resultKey(documentId, 'json'),
      textSizeBytes: 1024,
      textLength: 500,
      textSha256: 'cd'.repeat(32),
    },
    usage: null,
    ...changes,
  }
}

/** A document that has ended well. */
export function completedStatus(changes: Partial<DocumentStatus> = {}): DocumentStatus {
  const manifest = sampleManifest(
    changes.documentId === undefined ? {} : { documentId: changes.documentId },
  )
  return sampleStatus({
    state: 'completed',
    progress: manifest.progress,
    endedAt: manifest.endedAt,
    marks: manifest.marks,
    manifest,
    ...changes,
  })
}
