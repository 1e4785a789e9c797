import type { RetentionRules } from '../contract/sweep.ts'
import type { RetentionEnvironment } from './environment-retention.ts'

/** How long is kept what is over. */
export function toRetentionRules(env: RetentionEnvironment): RetentionRules {
  return {
    resultsDays: env.OCR_RESULTS_DAYS,
    intermediatesHours: env.OCR_INTERMEDIATES_HOURS,
  }
}
