/** An object of an answer, of which nothing is known yet. */
export type Json = Readonly<Record<string, unknown>>

/** The members of an object; none of anything else. */
export function toObject(value: unknown): Json {
  // An object of JSON has string keys only.
  return typeof value === 'object' && value !== null ? (value as Json) : {}
}

/** The items of an array; none of anything else. */
export function toItems(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** A text, or `null`. */
export function toText(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

/** A whole number from 0; 0 for anything else. */
export function toCount(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : 0
}

/** The address of a web page, or `null`: what becomes a link must not be a script. */
export function toWebUrl(value: unknown): string | null {
  const url = toText(value)
  return url !== null && /^https?:\/\//.test(url) ? url : null
}

/** A text as JSON; `null` when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
