import type { DocumentRef, Inspection } from '../contract/document.ts'
import { inspectFile } from '../documents/inspect-file.ts'
import type { ActivityDependencies } from './activity-dependencies.ts'
import { openSource } from './source-document.ts'

/**
 * Opens the document in a guarded child and counts its pages.
 *
 * @throws {OcrError} `ENCRYPTED_PDF`, `CORRUPT_PDF`, `CORRUPT_IMAGE`, `EMPTY_DOCUMENT`,
 *   `TOO_MANY_PAGES`, `IMAGE_DIMENSIONS`, `TOO_COMPLEX`, `PAGE_TIMEOUT`, `BLOB_MISSING`
 */
export async function inspectDocument(
  deps: ActivityDependencies,
  ref: DocumentRef,
  signal: AbortSignal,
): Promise<Inspection> {
  const startedAtMs = Date.now()
  await using source = await openSource(deps, ref, signal)
  const { pageCount } = await inspectFile(source.file, {
    maxPages: source.request.maxPages,
    signal,
  })
  return { pageCount, startedAtMs }
}
