import { inUnit, type Language, LOCALES } from './format.ts'
import { language } from './language.ts'

/**
 * A duration such as `1m 5s`, `26m` or `2h`: as exactly as somebody wants to know who waits.
 *
 * @param durationMs rounded to seconds; below zero counts as zero
 */
export function durationIn(language: Language, durationMs: number): string {
  const seconds = Math.max(0, Math.round(durationMs / 1000))
  const [large, small, total] =
    seconds < 3600 ? ['minute', 'second', seconds] : ['hour', 'minute', Math.floor(seconds / 60)]
  const [count, rest] = [Math.floor(total / 60), total % 60]
  const parts = count > 0 ? [inUnit(language, count, large)] : []
  if (count === 0 || (rest > 0 && count < 10)) parts.push(inUnit(language, rest, small))
  return parts.join(' ')
}

/** A moment (ms since the epoch) in local time: of today the time alone, else the date with it. */
export function timeIn(language: Language, momentMs: number): string {
  const isToday = new Date(momentMs).toDateString() === new Date().toDateString()
  return new Intl.DateTimeFormat(LOCALES[language], {
    timeStyle: 'short',
    ...(isToday ? {} : { dateStyle: 'medium' }),
  }).format(momentMs)
}

/** A duration such as `1m 5s`, in the language of the page. */
export const formatDuration = (durationMs: number): string => durationIn(language.value, durationMs)

/** A moment (ms since the epoch) in local time, in the language of the page. */
export const formatTime = (momentMs: number): string => timeIn(language.value, momentMs)
