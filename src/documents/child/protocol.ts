import { PAGE_WARNINGS, type PageWarning } from '../../contract/page.ts'
import type { PageNumber } from '../../contract/identifiers.ts'
import { OcrError } from '../../platform/errors.ts'
import type { DocumentLimits } from '../limits.ts'
import type { PageSize } from '../page-size.ts'
import type { SourceFile } from '../source-file.ts'

/*
 * What is spoken with the document program. `open` comes first and once; a page is drawn into a PNG
 * file at `path`. The program parses hostile files, so its replies are not trusted either.
 */

/** Opens the one document of this program; answered by {@link OpenReply}. */
export type OpenRequest = {
  readonly kind: 'open'
  readonly file: SourceFile
  readonly limits: DocumentLimits
}

/** Draws a page; answered by {@link DrawReply}. `scale` below 1 is for a page that was too much. */
export type DrawRequest = {
  readonly kind: 'draw'
  readonly page: PageNumber
  readonly dpi: number
  readonly scale: number
  readonly path: string
}

/** Everything that can be asked of the document program. */
export type DocumentRequest = OpenRequest | DrawRequest

/** What opening found: a whole number, also when it is nonsense. */
export type OpenReply = { readonly pageCount: number }

/** What was drawn. */
export type DrawReply = PageSize & { readonly warnings: readonly PageWarning[] }

/** An opened document inside the program. */
export interface PageSource {
  readonly pageCount: number
  /** @throws {OcrError} what makes this page fail */
  draw(request: DrawRequest): Promise<DrawReply>
}

/** Reads a reply to `open`. */
export function parseOpenReply(reply: unknown): OpenReply {
  if (isRecord(reply) && Number.isSafeInteger(reply['pageCount'])) {
    return { pageCount: Number(reply['pageCount']) }
  }
  throw new OcrError('PROGRAM_FAILED', 'Cannot understand document program: open')
}

/** Reads a reply to `draw`. */
export function parseDrawReply(reply: unknown, limits: DocumentLimits): DrawReply {
  if (isRecord(reply) && Array.isArray(reply['warnings'])) {
    const [widthPx, heightPx, dpi] = [reply['widthPx'], reply['heightPx'], reply['dpi']].map(Number)
    const warnings = reply['warnings'].filter(isPageWarning)
    if (
      isWithin(widthPx, limits.maxPageSidePx) &&
      isWithin(heightPx, limits.maxPageSidePx) &&
      isWithin(dpi, 10_000)
    ) {
      return { widthPx, heightPx, dpi, warnings }
    }
  }
  throw new OcrError('PROGRAM_FAILED', 'Cannot understand document program: draw')
}

function isWithin(value: number | undefined, max: number): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 1 && Number(value) <= max
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function isPageWarning(value: unknown): value is PageWarning {
  return typeof value === 'string' && Object.hasOwn(PAGE_WARNINGS, value)
}
