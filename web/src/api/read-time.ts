import { toText } from './read-json.ts'

/** An ISO time in ms since the epoch, or `null`. */
export function toTimeMs(value: unknown): number | null {
  const timeMs = Date.parse(toText(value) ?? '')
  return Number.isNaN(timeMs) ? null : timeMs
}
