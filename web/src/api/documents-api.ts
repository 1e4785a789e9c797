import type { LiveSource } from '../live/live-source.ts'
import type { DocumentView, PageView, ServiceConfig, Session, Submission } from '../model.ts'

/** What the page can do with one API. Every call has a deadline and rejects with `ApiError`. */
export type DocumentsApi = {
  /** What this API can do beyond the usual. */
  readonly can: {
    readonly takeUrls: boolean
    readonly chooseEngine: boolean
    readonly choosePages: boolean
    readonly remove: boolean
    readonly runAgain: boolean
  }
  config(): Promise<ServiceConfig>
  /** `null`: the service has no accounts. */
  session(): Promise<Session | null>
  /**
   * Opens the service with a key, until {@link logOut}; `null`: this API has no keys. Rejects with
   * `KEY_NOT_KEPT` when the key is right and the browser keeps no cookie for it.
   */
  readonly logIn: ((key: string) => Promise<void>) | null
  readonly logOut: () => Promise<void>
  /** Newest first. */
  list(query: ListQuery): Promise<DocumentList>
  /** `null`: unknown. */
  get(id: string): Promise<DocumentView | null>
  /** Sends a file; resolves with the id once the service has accepted it. */
  submit(submission: Submission, progress: UploadProgress): Promise<string>
  cancel(id: string): Promise<void>
  remove(id: string): Promise<void>
  /** Sends the same file again; resolves with the id of the new document. */
  runAgain(id: string): Promise<string>
  /** `null`: not read (yet). */
  page(id: string, page: number): Promise<PageView | null>
  /** `null`: this API shows none. */
  pageImageUrl(id: string, page: number): string | null
  /** URL for downloads. */
  resultUrl(id: string, format: ResultFormat): string
  result(id: string, format: ResultFormat): Promise<string>
  /** How it tells of changes. Loaded once something is to be followed. */
  live(): Promise<LiveSource>
}

/** Format of a whole result. */
export type ResultFormat = 'text' | 'markdown' | 'json'

/**
 * Which part of the list. `state` `null`: all, `processing`: all that has not ended; cursor `null`: from
 * the newest.
 */
export type ListQuery = { readonly cursor: string | null; readonly state: string | null }

/** A part of the list. */
export type DocumentList = {
  readonly documents: readonly DocumentView[]
  /** `null`: there is no more. */
  readonly nextCursor: string | null
}

/** Told while a file is sent; `signal` gives up. */
export type UploadProgress = {
  readonly signal: AbortSignal
  readonly onSent: (sentBytes: number) => void
  /** The same for every try; the service makes one document of all of them. */
  readonly idempotencyKey: string
}
