/** Which field caps the tokens of an answer: reasoning models refuse the older `max_tokens`. */
export type TokenLimitParameter = 'max_tokens' | 'max_completion_tokens' | 'both'

/** The body fields that cap an answer at `maxTokens`. */
export function tokenLimitFields(
  parameter: TokenLimitParameter,
  maxTokens: number,
): Readonly<Record<string, number>> {
  switch (parameter) {
    case 'max_tokens':
      return { max_tokens: maxTokens }
    case 'max_completion_tokens':
      return { max_completion_tokens: maxTokens }
    case 'both':
      return { max_tokens: maxTokens, max_completion_tokens: maxTokens }
  }
}
