import type { FailureCode } from '../../contract/failures.ts'

/** What a route that takes documents answers with when there is too much of something. */
export const LIMIT_FAILURES = [
  'RATE_LIMITED',
  'QUEUE_FULL',
  'QUOTA_EXCEEDED',
  'STORAGE_FULL',
] as const satisfies readonly FailureCode[]
