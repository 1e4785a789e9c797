import assert from 'node:assert/strict'
import { createHash, randomUUID } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Submission } from '../../src/api/gateway/submission.ts'
import type { Upload } from '../../src/api/uploads/receive-upload.ts'
import { parseSha256, type Sha256 } from '../../src/contract/identifiers.ts'
import type { DocumentRequest, MediaType } from '../../src/contract/document.ts'
import type { DocumentStatus } from '../../src/contract/document-status.ts'
import { INITIAL_PROGRESS, type Progress } from '../../src/contract/progress.ts'
import { sampleDocumentId, sampleManifest, sampleSha256, sampleStatus } from './document-status.ts'

/** The id of a test's only document. */
export const ID = sampleDocumentId()

/** A request whose file is known. */
export type UploadedRequest = DocumentRequest & {
  readonly mediaType: MediaType
  readonly sha256: Sha256
  readonly sizeBytes: number
}

/** A request as it is stored. */
export function requestWith(change: Partial<UploadedRequest> = {}): UploadedRequest {
  const { documentId, dialect, owner, engine, createdAt } = sampleManifest()
  return {
    documentId,
    dialect,
    owner,
    fileName: 'scan.pdf',
    mediaType: 'pdf',
    sha256: sampleSha256(),
    sizeBytes: 10,
    engine,
    languages: null,
    dpi: 200,
    pages: null,
    password: null,
    maxPages: 100,
    maxImageSidePx: null,
    textStyle: 'form-feed',
    fingerprint: 'f',
    createdAt,
    ...change,
  }
}

/** A submission of a file with this content, laid into a directory of the test's. */
export async function submissionOf(
  directory: string,
  content: string,
  change: Partial<Submission> = {},
): Promise<Submission> {
  const path = join(directory, randomUUID())
  await writeFile(path, content)
  return {
    source: {
      kind: 'upload',
      upload: {
        path,
        sizeBytes: content.length,
        sha256: present(parseSha256(createHash('sha256').update(content).digest('hex'))),
        head: Buffer.from(content),
        mediaType: 'pdf',
        fileName: '发票.pdf',
        fields: {},
        [Symbol.asyncDispose]: () => rm(path),
      },
    },
    dialect: 'v1',
    owner: null,
    senderAddress: '127.0.0.1',
    route: 'v1/documents',
    idempotencyKey: null,
    engine: 'paddle',
    languages: null,
    dpi: 200,
    pages: null,
    password: null,
    maxPages: 100,
    maxImageSidePx: null,
    textStyle: 'form-feed',
    deadlineMs: null,
    ...change,
  }
}

/** The upload of a submission made here. */
export function uploadOf({ source }: Submission): Upload {
  assert.ok(source.kind === 'upload')
  return source.upload
}

/** A status; counts that are not given are those of a document that nobody has looked at. */
export function statusWith(
  change: Partial<Omit<DocumentStatus, 'progress'>> & { progress?: Partial<Progress> },
): DocumentStatus {
  return sampleStatus({ ...change, progress: { ...INITIAL_PROGRESS, ...change.progress } })
}

/** Fails unless there is a value. */
export function present<T>(value: T | null | undefined): T {
  assert.ok(value !== null && value !== undefined)
  return value
}
