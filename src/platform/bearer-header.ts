import type { Secret } from './secret.ts'

/** The header by which a client shows its key; none without a key. */
export function bearerHeader(key: Secret | null): Record<string, string> {
  return key === null ? {} : { authorization: `Bearer ${key.reveal()}` }
}
