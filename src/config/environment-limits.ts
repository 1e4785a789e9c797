import type { z } from 'zod'
import { withDefault } from './variable.ts'
import { wholeNumber } from './variable-types.ts'

const limits = { section: 'Limits' } as const

/** The variables of what one caller, and all of them together, may ask for. */
export const LIMITS_VARIABLES = {
  OCR_RATE_LIMIT_SUBMITS: withDefault(wholeNumber(0, 1_000_000), '100', {
    ...limits,
    unit: 'a minute',
    description:
      'Requests with documents that one caller may send to one api, over all dialects; `0` is no limit.',
  }),
  OCR_RATE_LIMIT_REQUESTS: withDefault(wholeNumber(0, 1_000_000), '1000', {
    ...limits,
    unit: 'a minute',
    description:
      'All other requests of one caller; of single pages and their pictures ten times as many. `0` is no limit.',
  }),
  OCR_MAX_OPEN_DOCUMENTS: withDefault(wholeNumber(0, 10_000_000), '10000', {
    ...limits,
    unit: 'documents',
    description:
      'Documents that have not ended, over all callers; above it nothing new is taken. `0` is no limit.',
  }),
  OCR_MAX_QUEUED_PAGES: withDefault(wholeNumber(0, 10_000_000), '50000', {
    ...limits,
    unit: 'pages',
    description:
      'Steps, most of them pages, that wait in one task queue. A document has only some of its pages there at once. `0` is no limit.',
  }),
  OCR_MIN_FREE_DISK_MB: withDefault(wholeNumber(0, 100_000_000), '1024', {
    ...limits,
    unit: 'MiB',
    description:
      'Below this much free disk `/readyz` is not ready and nothing new is taken; `0` takes documents until the disk is full.',
  }),
  OCR_QUOTA_MB: withDefault(wholeNumber(0, 100_000_000), '0', {
    ...limits,
    unit: 'MiB',
    description:
      'Files that the stored documents of one caller may have together; `0`, the default, is no quota.',
  }),
} as const

/** The variables of the limits, read. */
export type LimitsEnvironment = z.output<z.ZodObject<typeof LIMITS_VARIABLES>>
