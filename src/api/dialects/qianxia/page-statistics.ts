import type { z } from 'zod'
import { hasEnded, type DocumentStatus } from '../../../contract/document-status.ts'
import type { PageNumber } from '../../../contract/identifiers.ts'
import type { PageFacts } from '../../live/page-facts.ts'
import type { pageStatisticsSchema } from './schemas.ts'
import { round } from './task-row.ts'

/** Sums over the pages of a task; `facts` of those that were read give time and length. */
export function toPageStatistics(
  { progress, pagesUnderWay, state }: DocumentStatus,
  facts: ReadonlyMap<PageNumber, PageFacts>,
): z.infer<typeof pageStatisticsSchema> {
  const { totalPages, donePages, failedPages } = progress
  const waitingPages = Math.max(0, totalPages - donePages)
  const processingPages = hasEnded(state) ? 0 : Math.min(waitingPages, pagesUnderWay.length)
  const read = [...facts.values()]
  const seconds = read.flatMap(({ reading }) =>
    reading === null ? [] : [(reading.endedAtMs - reading.startedAtMs) / 1000],
  )
  return {
    total_pages: totalPages,
    completed_pages: donePages - failedPages,
    failed_pages: failedPages,
    pending_pages: waitingPages - processingPages,
    processing_pages: processingPages,
    average_processing_time: seconds.length === 0 ? 0 : round(sum(seconds) / seconds.length),
    total_content_length: sum(read.map(({ contentLength }) => contentLength)),
    success_rate: donePages === 0 ? 0 : round((100 * (donePages - failedPages)) / donePages),
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
