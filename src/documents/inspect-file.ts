import { OcrError } from '../platform/errors.ts'
import { DocumentProcess } from './document-process.ts'
import { DOCUMENT_LIMITS, type DocumentLimits } from './limits.ts'
import type { SourceFile } from './source-file.ts'

/**
 * Opens an uploaded file in a guarded child and counts its pages, without drawing any.
 *
 * A multi-page TIFF has its pages; every other image has one (of a GIF the first frame).
 *
 * @param options.maxPages largest number of pages that is accepted
 * @throws {OcrError} `ENCRYPTED_PDF`, `CORRUPT_PDF`, `CORRUPT_IMAGE`, `EMPTY_DOCUMENT`,
 *   `TOO_MANY_PAGES`, `IMAGE_DIMENSIONS`, `TOO_COMPLEX`, `PAGE_TIMEOUT`, `PROGRAM_FAILED`
 */
export async function inspectFile(
  file: SourceFile,
  options: {
    readonly maxPages: number
    readonly signal: AbortSignal
    readonly limits?: Partial<DocumentLimits>
  },
): Promise<{ readonly pageCount: number }> {
  const limits = { ...DOCUMENT_LIMITS, ...options.limits }
  await using process = new DocumentProcess(file, limits, limits.inspectMaxRssBytes)
  const { pageCount } = await process.open({
    wallClockMs: limits.inspectWallClockMs,
    signal: options.signal,
  })
  if (pageCount === 0) throw new OcrError('EMPTY_DOCUMENT', 'Cannot accept document: no pages')
  // A page tree may claim any number (-5 was seen).
  if (pageCount < 0) throw new OcrError('CORRUPT_PDF', `Cannot accept document: ${pageCount} pages`)
  if (pageCount > options.maxPages) {
    const detail = `${pageCount} pages, at most ${options.maxPages} are allowed`
    throw new OcrError('TOO_MANY_PAGES', `Cannot accept document: ${detail}`, {
      publicDetail: detail,
    })
  }
  return { pageCount }
}
