import type { Result } from './run-catalogue.ts'

/** What a run of many inputs comes to. */
export type Summary = {
  readonly inputs: number
  readonly rightPercent: number
  readonly deaths: number
  readonly silentLosses: number
  readonly longestMs: number
  readonly peakChildMb: number
}

/** Share of right outcomes that is asked for. */
export const RIGHT_PERCENT = 98

/** Adds results up. */
export function summaryOf(results: readonly Result[]): Summary {
  const count = (verdict: Result['verdict']): number =>
    results.filter((result) => result.verdict === verdict).length
  return {
    inputs: results.length,
    rightPercent: results.length === 0 ? 0 : (count('ok') / results.length) * 100,
    deaths: count('DEATH'),
    silentLosses: count('LOST'),
    longestMs: Math.max(0, ...results.map(({ elapsedMs }) => elapsedMs)),
    peakChildMb: Math.max(0, ...results.map(({ peakMb }) => peakMb)),
  }
}

/** Whether the run is good enough. */
export function isGoodEnough({ rightPercent, deaths, silentLosses }: Summary): boolean {
  return rightPercent >= RIGHT_PERCENT && deaths === 0 && silentLosses === 0
}

/** A result as a line of the table: verdict, time, memory, size, name, what came and what was right. */
export function lineOf(result: Result): string {
  const { verdict, elapsedMs, peakMb, sizeBytes, family, name, got, want } = result
  const figures = [
    verdict.padEnd(5),
    `${elapsedMs} ms`.padStart(9),
    (peakMb === 0 ? '' : `${peakMb} MB`).padStart(8),
    (sizeBytes === null ? '' : `${sizeBytes} B`).padStart(11),
  ].join(' ')
  const wanted = verdict === 'ok' ? '' : `, not ${want.join(' or ')}`
  return `${figures}  ${family}: ${name} -> ${got}${wanted}`
}
