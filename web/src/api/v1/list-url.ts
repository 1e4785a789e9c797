import type { ListQuery } from '../documents-api.ts'

/** Address of a part of the list. */
export function listUrl(documentsUrl: string, { cursor, state }: ListQuery, limit = 20): string {
  const query = new URLSearchParams({ limit: String(limit) })
  if (cursor) query.set('cursor', cursor)
  // The API knows no filter for all that has not ended, but lists it first.
  if (state && state !== 'processing') query.set('status', state)
  return `${documentsUrl}?${query.toString()}`
}
