import type { DocumentBody } from '../server/document-body.ts'
import type { DocumentEvent } from '../server/follow-document.ts'

/** What happens while documents are read; one JSON line each under `--json`. */
export type RunEvent = { readonly input: string } & (
  | { readonly event: 'submitted'; readonly id: string }
  | {
      readonly event: 'document'
      readonly id: string
      readonly status: DocumentBody['status']
      readonly pages: DocumentBody['pages']
      readonly queued_reason: string | null
    }
  | ({ readonly event: 'page'; readonly id: string } & PageOf)
  | ({ readonly event: 'retry'; readonly id: string } & RetryOf)
  | {
      readonly event: 'result'
      readonly id: string
      readonly pages: DocumentBody['pages']
      readonly failed_pages: DocumentBody['failed_pages']
      /** File that it was written to; `null`: it went to stdout. */
      readonly output: string | null
      /** Under `--json`, what was not written to a file: a text, or JSON as it is. */
      readonly content?: unknown
    }
  | {
      readonly event: 'failed'
      /** `null`: the document was not accepted. */
      readonly id: string | null
      /** Code of docs/errors.md; `null` for what happened on this side. */
      readonly code: string | null
      readonly message: string
    }
  | { readonly event: 'cancelled'; readonly id: string }
)

type PageOf = Extract<DocumentEvent, { readonly kind: 'page' }>['page']
type RetryOf = Extract<DocumentEvent, { readonly kind: 'retry' }>['retry']

/** Whom a run tells. Disposing takes away what must not stay on a terminal. */
export type Reporter = Disposable & {
  /** A line that belongs to no document, such as that a server is started. */
  note(line: string): void
  report(event: RunEvent): void
  /** Makes room for a result on stdout. */
  clear(): void
}

/** Where lines go: a part of a stream of `process`. */
export type Output = {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
}

/** The event of the run that an event of a document is. */
export function toRunEvent(
  { input, id }: { readonly input: string; readonly id: string },
  event: DocumentEvent,
): RunEvent {
  switch (event.kind) {
    case 'page':
      return { event: 'page', input, id, ...event.page }
    case 'retry':
      return { event: 'retry', input, id, ...event.retry }
    case 'document': {
      const { status, pages, queued_reason } = event.document
      return { event: 'document', input, id, status, pages, queued_reason }
    }
  }
}
