import { documentFailures } from './en/document-failures.ts'
import { engineFailures } from './en/engine-failures.ts'
import { requestFailures } from './en/request-failures.ts'
import { warnings } from './en/warnings.ts'
import type { Explanations } from './explanation.ts'

/** Failures and warnings in English. */
export const en = {
  failures: { ...requestFailures, ...documentFailures, ...engineFailures },
  warnings,
} satisfies Explanations
