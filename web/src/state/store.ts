import type { ReadonlySignal } from '@preact/signals'
import type { DocumentsApi } from '../api/documents-api.ts'
import type {
  ApiError,
  Connection,
  DocumentView,
  ServiceConfig,
  Session,
  Submission,
  Upload,
} from '../model.ts'

/** Everything that the page shows, and everything that it can do. No action ever rejects. */
export type Store = {
  readonly api: DocumentsApi
  readonly config: ReadonlySignal<ServiceConfig | null>
  readonly session: ReadonlySignal<Session | null>
  readonly connection: ReadonlySignal<Connection>
  readonly documents: ReadonlySignal<ReadonlyMap<string, DocumentView>>
  /** Ids that were asked for and that the service does not know, or that were deleted meanwhile. */
  readonly missing: ReadonlySignal<ReadonlySet<string>>
  /** Ids as listed, newest first, of the chosen filter. */
  readonly order: ReadonlySignal<readonly string[]>
  readonly hasMore: ReadonlySignal<boolean>
  readonly isLoading: ReadonlySignal<boolean>
  /** The last part of the list was not to be had: only who asks for it gets the next try. */
  readonly hasMoreFailed: ReadonlySignal<boolean>
  /** State to show, `processing` for all that has not ended; `null`: all. */
  readonly filter: ReadonlySignal<string | null>
  readonly uploads: ReadonlySignal<readonly Upload[]>
  /** The last action that failed, until it is dismissed. */
  readonly problem: ReadonlySignal<ApiError | null>
  /** Begins to load and to listen; again: loads at once. */
  readonly start: () => void
  /** Stops everything that {@link start} began. */
  readonly close: () => void
  readonly setFilter: (state: string | null) => void
  readonly loadMore: () => Promise<void>
  /** Sends files, at most 3 at once; an accepted document appears on top of the list. */
  readonly submit: (submissions: readonly Submission[]) => void
  /** Sends one that failed once more. */
  readonly retryUpload: (key: string) => void
  /** Takes an upload off the list; one that still runs is given up. */
  readonly dismissUpload: (key: string) => void
  readonly dismissProblem: () => void
  readonly cancel: (id: string) => Promise<void>
  readonly remove: (id: string) => Promise<void>
  /** Resolves with the id of the new document; `null` if there is none. */
  readonly runAgain: (id: string) => Promise<string | null>
  /** Loads a document that is not in the list, and follows it first; returns what ends that. */
  readonly watch: (id: string) => () => void
}
