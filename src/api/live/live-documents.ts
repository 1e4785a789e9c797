import type { DocumentStatus } from '../../contract/document-status.ts'
import type { FailureCode } from '../../contract/failures.ts'
import type { DocumentId, PageNumber } from '../../contract/identifiers.ts'
import type { PageStatus } from '../../contract/page.ts'

/** Something that happened to a document. Everybody who follows it sees the same events in one order. */
export type DocumentEvent = {
  /** Opaque; names the place in the order, for whoever comes back. */
  readonly id: string
} & DocumentChange

/** What can happen to a document. */
export type DocumentChange = PageEnded | PageRetried | StatusChanged

/** State or counts have changed; the last event of a document is one whose state is final. */
export type StatusChanged = { readonly kind: 'status'; readonly status: DocumentStatus }

/** A page has ended; said once for each page. */
export type PageEnded = {
  readonly kind: 'page'
  readonly page: PageNumber
  readonly outcome: PageStatus | 'failed'
  /** Why it failed. */
  readonly code: FailureCode | null
  /** Characters (code points) of its text; `null` for a failed page. */
  readonly characters: number | null
  /** The same of its Markdown. */
  readonly markdownCharacters: number | null
  /**
   * Time that the engine took, in seconds; `null` where it is not known, and for a page that was
   * read for an earlier upload of the same file.
   */
  readonly seconds: number | null
}

/** A page is tried again. */
export type PageRetried = {
  readonly kind: 'retry'
  readonly page: PageNumber
  /** From 2. */
  readonly attempt: number
  readonly code: FailureCode | null
}

/** How to follow a document. */
export type FollowOptions = {
  /** The last event that is known. Default: `null`, none. */
  readonly afterId?: string | null
  /** Tells nothing of what happened before but the last status. Default: `false`. */
  readonly isFromNow?: boolean
  /** Called when the document was deleted before it had ended; nothing is told after that. */
  readonly onGone?: () => void
}

/** The one hub of live events in an api process. */
export type LiveDocuments = AsyncDisposable & {
  /**
   * Follows a document. What happened so far is told before this resolves: every page that has ended
   * and the last status, or only what came after `afterId` if that is still known, or with `isFromNow`
   * only the last status. Disposing ends it; after a final status nothing more comes.
   *
   * @returns `null` for an unknown document
   * @throws {OcrError} `RATE_LIMITED` when 2,000 others are followed; `SERVICE_UNAVAILABLE`,
   *   `STORAGE_UNAVAILABLE` from the first look only
   */
  follow(
    documentId: DocumentId,
    listener: (event: DocumentEvent) => void,
    options?: FollowOptions,
  ): Promise<Disposable | null>
}
