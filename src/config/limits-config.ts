import type { LimitsEnvironment } from './environment-limits.ts'

const BYTES_PER_MIB = 1024 * 1024

/** What may be asked for; `null`: without a limit. */
export type LimitsConfig = {
  /** Requests with documents of one caller. */
  readonly submitsPerMinute: number | null
  /** Other requests of one caller. */
  readonly requestsPerMinute: number | null
  /** Of all callers. */
  readonly maxOpenDocuments: number | null
  /** Tasks that wait in one task queue. */
  readonly maxQueuedPages: number | null
  /** Below it nothing new is taken. */
  readonly minFreeDiskBytes: number | null
  /** Of the files of one submitter's documents. */
  readonly quotaBytes: number | null
}

/** The limits, as they were set. */
export function toLimitsConfig(env: LimitsEnvironment): LimitsConfig {
  return {
    submitsPerMinute: limitOf(env.OCR_RATE_LIMIT_SUBMITS),
    requestsPerMinute: limitOf(env.OCR_RATE_LIMIT_REQUESTS),
    maxOpenDocuments: limitOf(env.OCR_MAX_OPEN_DOCUMENTS),
    maxQueuedPages: limitOf(env.OCR_MAX_QUEUED_PAGES),
    minFreeDiskBytes: limitOf(env.OCR_MIN_FREE_DISK_MB * BYTES_PER_MIB),
    quotaBytes: limitOf(env.OCR_QUOTA_MB * BYTES_PER_MIB),
  }
}

function limitOf(number: number): number | null {
  return number === 0 ? null : number
}
