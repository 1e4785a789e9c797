import type { DocumentStatus } from '../../contract/document-status.ts'
import type { PageReading, PageRecord } from '../../contract/page.ts'

/** What answers and events tell of a delivered page besides its content. */
export type PageFacts = {
  /** Code points of its Markdown. */
  readonly contentLength: number
  /** `null` for a page that was read for an earlier upload of the same file, or before it was noted. */
  readonly reading: PageReading | null
}

/** What is told of a page of a document, the same wherever it is told. */
export function toPageFacts(
  record: PageRecord,
  { createdAt }: Pick<DocumentStatus, 'createdAt'>,
): PageFacts {
  const reading = record.reading ?? null
  const isOlder = reading !== null && reading.endedAtMs < Date.parse(createdAt)
  return { contentLength: countCodePoints(record.markdown), reading: isOlder ? null : reading }
}

/** Unicode code points of a text. */
export function countCodePoints(text: string): number {
  return text.length - (text.match(/[\uD800-\uDBFF][\uDC00-\uDFFF]/g)?.length ?? 0)
}
