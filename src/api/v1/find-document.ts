import type { Response } from 'express'
import { hasEnded, type DocumentStatus } from '../../contract/document-status.ts'
import { parseDocumentId, type DocumentId, type PageNumber } from '../../contract/identifiers.ts'
import { MAX_PAGE_NUMBER } from '../../contract/page-ranges.ts'
import { OcrError } from '../../platform/errors.ts'
import { noteDocument } from '../http/request-context.ts'

/**
 * Reads the id of a path and remembers it for the log.
 *
 * @throws {OcrError} `DOCUMENT_NOT_FOUND`: what is no id names no document
 */
export function readDocumentId(text: string, res: Response): DocumentId {
  const documentId = parseDocumentId(text)
  if (documentId === null) throw unknownDocument()
  noteDocument(res, documentId)
  return documentId
}

/**
 * Reads the page number of a path.
 *
 * @throws {OcrError} `PAGE_NOT_FOUND`: what is no page number names no page
 */
export function readPageNumber(text: string): PageNumber {
  const page = /^\d{1,6}$/.test(text) ? Number(text) : 0
  if (page < 1 || page > MAX_PAGE_NUMBER)
    throw new OcrError('PAGE_NOT_FOUND', 'Cannot find page: not a page number')
  return page
}

/**
 * The document itself, where it exists.
 *
 * @throws {OcrError} `DOCUMENT_NOT_FOUND`
 */
export function requireDocument(status: DocumentStatus | null): DocumentStatus {
  if (status === null) throw unknownDocument()
  return status
}

/** Why a page cannot be shown: unknown document, not done yet, failed, or not among its pages. */
export function explainMissingPage(status: DocumentStatus | null, page: PageNumber): OcrError {
  if (status === null) return unknownDocument()
  const failed = status.failedPages.find((candidate) => candidate.page === page)
  if (failed !== undefined)
    return new OcrError('PAGE_NOT_FOUND', 'Cannot show page: it failed', {
      publicDetail: `Page ${page} could not be read: ${failed.code}`,
    })
  return hasEnded(status.state)
    ? new OcrError('PAGE_NOT_FOUND', 'Cannot show page: the document has no such page')
    : new OcrError('RESULT_NOT_READY', 'Cannot show page: it is not done', {
        publicDetail: `Page ${page} is not done yet`,
      })
}

/** There is no such document. */
export function unknownDocument(): OcrError {
  return new OcrError('DOCUMENT_NOT_FOUND', 'Cannot find document: unknown id')
}
