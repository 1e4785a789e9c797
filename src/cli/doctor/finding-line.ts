import type { CheckStatus, Finding } from './check.ts'

const SYMBOL: Readonly<Record<CheckStatus, string>> = {
  ok: '✓',
  warning: '!',
  failed: '✗',
  unset: '–',
}
const WORD: Readonly<Record<CheckStatus, string>> = {
  ok: 'ok',
  warning: 'WARN',
  failed: 'FAIL',
  unset: '-',
}
const COLOR: Readonly<Record<CheckStatus, number>> = { ok: 32, warning: 33, failed: 31, unset: 90 }

/** Writes a finding as one line: signs and colours for a terminal, words for a file. */
export function findingLine({ name, status, detail }: Finding, isTerminal = false): string {
  const sign = isTerminal
    ? `\u001B[${COLOR[status]}m${SYMBOL[status]}\u001B[0m`
    : WORD[status].padEnd(4)
  // What a server says of itself may hold anything.
  return `${sign} ${name}: ${detail.replace(/\p{Cc}+/gu, ' ')}`
}
