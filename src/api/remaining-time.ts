import type { DocumentStatus } from '../contract/document-status.ts'

/**
 * Estimates how long the pages that are left take, in milliseconds, from those that have ended; `null`
 * while none has.
 */
export function remainingMs(
  { startedAt, progress }: Pick<DocumentStatus, 'startedAt' | 'progress'>,
  nowMs: number,
): number | null {
  const { donePages, totalPages } = progress
  if (startedAt === null || donePages === 0) return null
  const elapsedMs = Math.max(0, nowMs - Date.parse(startedAt))
  return (elapsedMs / donePages) * (totalPages - donePages)
}
