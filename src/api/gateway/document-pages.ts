import type { DocumentStatus } from '../../contract/document-status.ts'
import type { DocumentId, PageNumber } from '../../contract/identifiers.ts'
import type { PageRecord } from '../../contract/page.ts'
import type { Blob, BlobStore } from '../../storage/blob-store.ts'
import { pageImageKey } from '../../storage/object-keys.ts'
import { findPageRecord } from '../../storage/page-params.ts'
import type { DocumentFacts, KnownRequest } from './document-facts.ts'
import { LayoutReader } from './layout-page.ts'

/** Single pages of documents, as soon as they are done. */
export type DocumentPages = {
  readonly record: (documentId: DocumentId, page: PageNumber) => Promise<PageRecord | null>
  readonly image: (documentId: DocumentId, page: PageNumber) => Promise<Blob | null>
}

/**
 * Reads pages from the store; every method throws `STORAGE_UNAVAILABLE`.
 *
 * @param statusOf Knows as much as whoever saw a page end; tells whether the document was opened, that is, its pages are known, and when it ended.
 */
export function createDocumentPages(
  store: BlobStore,
  facts: DocumentFacts,
  statusOf: (documentId: DocumentId) => Promise<DocumentStatus | null>,
): DocumentPages {
  const layouts = new LayoutReader(store)
  /** The request, if the page can be one of its document. */
  const requestWith = async (
    documentId: DocumentId,
    page: PageNumber,
  ): Promise<(KnownRequest & Pick<DocumentStatus, 'endedAt' | 'manifest'>) | null> => {
    if (await facts.isDeleted(documentId)) return null
    const request = await facts.request(documentId)
    if (request === null) return null
    // Documents of equal bytes share their pages: one that was not asked for may lie there.
    const isSelected = request.pages?.some(([first, last]) => first <= page && page <= last) ?? true
    if (!isSelected) return null
    // Nor may pages be shown before this document's own inspection has passed: another upload of the
    // same encrypted file may have come with the password.
    const status = await statusOf(documentId)
    if (status === null || status.progress.totalPages === 0) return null
    return { ...request, endedAt: status.endedAt, manifest: status.manifest }
  }

  return {
    async record(documentId, page) {
      const request = await requestWith(documentId, page)
      if (request?.sha256 == null) return null
      const { sha256, engine, languages, dpi, endedAt, manifest } = request
      const isOwnOnly = Boolean(request.question)
      const ref = { documentId, sha256, page, engine, languages, dpi, engineVersion: null }
      const record = await findPageRecord(store, { ...ref, isOwnOnly, endedAt })
      // The sweep has taken what the dialect calls temporary; the results have the text still.
      return record === null && manifest !== null ? layouts.find(manifest, page) : record
    },
    async image(documentId, page) {
      const request = await requestWith(documentId, page)
      if (request?.sha256 == null) return null
      const { sha256, dpi } = request
      return store.get(pageImageKey({ sha256, page, dpi }))
    },
  }
}
