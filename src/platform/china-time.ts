const OFFSET_MS = 8 * 60 * 60 * 1000

/**
 * A moment in UTC+8 as `YYYY-MM-DD HH:mm:ss`, the way Chinese services write times: without a zone.
 *
 * @param time ISO 8601
 * @throws {RangeError} when it is no time
 */
export function toChinaTime(time: string): string {
  return new Date(Date.parse(time) + OFFSET_MS).toISOString().slice(0, 19).replace('T', ' ')
}
