import type { DocumentState } from '../../src/contract/document-status.ts'
import type { BlockCategory, Markup, PageStatus } from '../../src/contract/page.ts'

/** A document as the page shows it, whichever API told of it. Times are ms since the epoch. */
export type DocumentView = {
  readonly id: string
  readonly state: DocumentState
  readonly engine: string
  readonly fileName: string
  /** `null` where the API tells none. */
  readonly mediaType: string | null
  readonly sizeBytes: number | null
  readonly createdAtMs: number
  readonly startedAtMs: number | null
  readonly endedAtMs: number | null
  readonly pages: PageCounts
  /** One character per selected page, `PAGE_MARK` of the contract; `null`: not known. */
  readonly marks: string | null
  /** Numbers of the selected pages, in the order of the marks; `null`: 1, 2, 3, … */
  readonly selection: readonly number[] | null
  readonly running: readonly RunningPage[]
  readonly failedPages: readonly FailedPageView[]
  readonly failure: { readonly code: string; readonly title: string } | null
  /** Why it waits, such as `NO_WORKER`; `null`: it does not wait for anything unusual. */
  readonly queuedReason: string | null
  /** Where an operator sees the run; `null`: not told. */
  readonly runUrl: string | null
  readonly hasResults: boolean
}

/** Pages of a document by what became of them. `total` is 0 until the document was opened. */
export type PageCounts = {
  readonly total: number
  readonly done: number
  readonly ok: number
  readonly empty: number
  readonly degraded: number
  readonly failed: number
}

/** A page that is being read. */
export type RunningPage = {
  readonly page: number
  /** From 1. */
  readonly attempt: number
  /** Why the attempt before failed; `null` at the first. */
  readonly code: string | null
}

/** A page that could not be read, and the code of the reason. */
export type FailedPageView = { readonly page: number; readonly code: string }

/** A page that was read. Lengths are pixels of the page image. */
export type PageView = {
  readonly page: number
  readonly outcome: PageStatus
  readonly engine: string
  readonly width: number
  readonly height: number
  readonly text: string
  readonly markdown: string
  readonly blocks: readonly BlockView[]
  readonly markup: Markup
  readonly warnings: readonly string[]
  /** As the API sent it, for the JSON tab. */
  readonly json: unknown
}

/** A region of a page, in reading order. */
export type BlockView = {
  /** `[left, top, right, bottom]`, origin top-left. */
  readonly bbox: readonly [number, number, number, number]
  readonly category: BlockCategory
  readonly text: string
  readonly confidence: number | null
  /** URL of the crop of a picture; `null`: none. */
  readonly imageUrl: string | null
}

/** What may be uploaded, and with what it may be read. */
export type ServiceConfig = {
  readonly version: string
  readonly title: string
  /** `Infinity`, like the pages, where the service does not tell. */
  readonly maxUploadBytes: number
  readonly maxPages: number
  /** For the `accept` of a file input, such as `.pdf,.png`. */
  readonly accept: string
  /** Empty: the service chooses. */
  readonly engines: readonly EngineChoice[]
  readonly languages: readonly string[]
  /** Name of the key that the page uses; `null`: none is needed. */
  readonly caller: string | null
  /** Page of the operators' UI; `null`: not told. */
  readonly temporalUiUrl: string | null
}

/** An engine that can be asked for. */
export type EngineChoice = {
  readonly id: string
  readonly isDefault: boolean
  /** Has the server that it needs. */
  readonly isConfigured: boolean
}

/** What is sent to be read. */
export type Submission = {
  readonly source: { readonly file: File } | { readonly url: string }
  /** `null`: the default of the service. */
  readonly engine: string | null
  /** Such as `1-3,7`; `null`: all. */
  readonly pages: string | null
  readonly languages: readonly string[] | null
  readonly password: string | null
}

/** A file on its way. */
export type Upload = {
  readonly key: string
  readonly name: string
  readonly sentBytes: number
  /** `null` for a URL. */
  readonly totalBytes: number | null
  readonly error: ApiError | null
}

/** Who is logged in, and what is left to them; only where the service has accounts. */
export type Session = {
  readonly user: string | null
  readonly loginUrl: string
  readonly usedPages: number
  /** `null`: unlimited. */
  readonly totalPages: number | null
}

/** How the page learns of changes. `offline`: nothing answers; it keeps trying. */
export type Connection = 'connecting' | 'live' | 'polling' | 'offline'

/** A refusal of the service, or no answer at all (`NETWORK`). */
export class ApiError extends Error {
  readonly code: string
  readonly requestId: string | null
  /** HTTP status; 0 without an answer. */
  readonly status: number
  /** When the service wants to be asked again; 0: it says nothing of that. */
  readonly retryAfterMs: number

  constructor(facts: {
    code: string
    message: string
    requestId: string | null
    status: number
    retryAfterMs?: number
  }) {
    super(facts.message)
    this.name = 'ApiError'
    this.code = facts.code
    this.requestId = facts.requestId
    this.status = facts.status
    this.retryAfterMs = facts.retryAfterMs ?? 0
  }
}
