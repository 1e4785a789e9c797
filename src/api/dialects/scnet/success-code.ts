import type { ScnetConfig } from '../../../config/dialects-config.ts'

/**
 * The `code` of a call that succeeded: "200" as the document has it, "0" as its other revision has.
 * A result call whose tasks have all succeeded says "0" in both.
 */
export function successCode({ codeStyle }: Pick<ScnetConfig, 'codeStyle'>): '0' | '200' {
  return codeStyle === 'zero' ? '0' : '200'
}
