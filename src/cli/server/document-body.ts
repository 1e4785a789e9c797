import { z } from 'zod'
import { DOCUMENT_STATES, type DocumentState } from '../../contract/document-status.ts'

const count = z.int().min(0)

/** Status of a document, as far as the command line looks at it; the rest is kept for `--json`. */
export const DOCUMENT = z.looseObject({
  id: z.uuid(),
  status: z.enum(DOCUMENT_STATES),
  engine: z.string(),
  file_name: z.string(),
  created_at: z.string(),
  completed_at: z.string().nullable(),
  pages: z.object({ total: count, done: count, failed: count, degraded: count, empty: count }),
  failed_pages: z.array(z.object({ page: z.int(), code: z.string() })),
  failure: z.object({ code: z.string(), title: z.string() }).nullable(),
  queued_reason: z.string().nullable(),
})

/** See {@link DOCUMENT}. */
export type DocumentBody = z.output<typeof DOCUMENT>

/** One page of the list of documents. */
export const DOCUMENT_LIST = z.object({
  documents: z.array(DOCUMENT),
  next_cursor: z.string().nullable(),
})

/** Answer to a submit. */
export const SUBMITTED = z.object({ id: z.uuid() })

/** Answer to a cancel. */
export const CANCELLED = z.object({ id: z.uuid(), status: z.enum(DOCUMENT_STATES) })

/** What a server takes; that it can be read says that the server is one of ours. */
export const CONFIGURATION = z.object({
  version: z.string(),
  limits: z.object({ max_upload_bytes: z.int().min(1) }),
})

/** Event `page` of a document. */
export const PAGE_EVENT = z.object({
  page: z.int(),
  outcome: z.string(),
  code: z.string().nullable(),
  characters: z.number().nullable(),
  seconds: z.number().nullable(),
})

/** Event `retry` of a document. */
export const RETRY_EVENT = z.object({
  page: z.int(),
  attempt: z.int(),
  code: z.string().nullable(),
})

/** Query of the list. */
export type ListQuery = {
  readonly limit: number
  readonly status: DocumentState | null
}
