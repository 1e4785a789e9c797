import type { z } from 'zod'
import { withDefault } from './variable.ts'
import { wholeNumber } from './variable-types.ts'

const retention = { section: 'Storage' } as const

/** The variables of how long is kept what is over. */
export const RETENTION_VARIABLES = {
  OCR_RESULTS_DAYS: withDefault(wholeNumber(1, 3650), '30', {
    ...retention,
    unit: 'days',
    description:
      'Documents are removed this long after their end, with upload, pages and results. Lists show them for 30 days at most. The same for every api and worker, like the next one.',
  }),
  OCR_INTERMEDIATES_HOURS: withDefault(wholeNumber(24, 87_600), '24', {
    ...retention,
    unit: 'h',
    description:
      'Upload and page images of Py OCR, which calls them temporary files, are removed this long after the end; the texts stay.',
  }),
}

/** The variables of how long is kept what is over, read. */
export type RetentionEnvironment = z.output<z.ZodObject<typeof RETENTION_VARIABLES>>
