import type { VariableRow } from './engine-variable-rows.ts'

/** The variables of retention, one good and one bad value each. */
export const RETENTION_VARIABLE_ROWS: Readonly<Record<string, VariableRow>> = {
  OCR_RESULTS_DAYS: { good: '7', reads: (c) => c.retention.resultsDays, as: 7, bad: '0' },
  OCR_INTERMEDIATES_HOURS: {
    good: '48',
    reads: (c) => c.retention.intermediatesHours,
    as: 48,
    bad: '23',
  },
}
