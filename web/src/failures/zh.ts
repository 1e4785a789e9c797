import { documentFailures } from './zh/document-failures.ts'
import { engineFailures } from './zh/engine-failures.ts'
import { requestFailures } from './zh/request-failures.ts'
import { warnings } from './zh/warnings.ts'
import type { Explanations } from './explanation.ts'

/** Failures and warnings in Chinese. */
export const zh = {
  failures: { ...requestFailures, ...documentFailures, ...engineFailures },
  warnings,
} satisfies Explanations
