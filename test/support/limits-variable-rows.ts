import type { LimitsConfig } from '../../src/config/limits-config.ts'
import type { Config } from '../../src/config/config.ts'
import type { VariableRow } from './engine-variable-rows.ts'

const limit =
  (name: keyof LimitsConfig) =>
  ({ api }: Config): number | null =>
    api.limits[name]

/** The variables of the limits, one good and one bad value each. */
export const LIMITS_VARIABLE_ROWS: Readonly<Record<string, VariableRow>> = {
  OCR_RATE_LIMIT_SUBMITS: { good: '0', reads: limit('submitsPerMinute'), as: null, bad: '-1' },
  OCR_RATE_LIMIT_REQUESTS: { good: '7', reads: limit('requestsPerMinute'), as: 7, bad: '1.5' },
  OCR_MAX_OPEN_DOCUMENTS: { good: '3', reads: limit('maxOpenDocuments'), as: 3, bad: 'many' },
  OCR_MAX_QUEUED_PAGES: { good: '0', reads: limit('maxQueuedPages'), as: null, bad: 'off' },
  OCR_MIN_FREE_DISK_MB: {
    good: '2',
    reads: limit('minFreeDiskBytes'),
    as: 2_097_152,
    bad: '1 GB',
  },
  OCR_QUOTA_MB: { good: '1024', reads: limit('quotaBytes'), as: 1_073_741_824, bad: '1g' },
}
