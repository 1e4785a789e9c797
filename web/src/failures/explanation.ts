import type { FailureCode } from '../../../src/contract/failures.ts'
import type { PageWarning } from '../../../src/contract/page.ts'

/** A failure or warning in words: what happened, and what one can do about it. */
export type Explanation = { readonly what: string; readonly remedy: string }

/** Explanations in one language. */
export type Explanations = {
  readonly failures: Readonly<Record<FailureCode, Explanation>>
  readonly warnings: Readonly<Record<PageWarning, Explanation>>
}

/** An explanation; where a code is unknown, the title that came with it, without a remedy. */
export function explain(
  table: Readonly<Record<string, Explanation>>,
  code: string,
  title: string = code,
): { readonly what: string; readonly remedy: string | null } {
  return (Object.hasOwn(table, code) ? table[code] : undefined) ?? { what: title, remedy: null }
}
