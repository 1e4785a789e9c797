import type { EngineClass, EngineId, LadderStep, Language } from './engines.ts'
import type { FailureCode } from './failures.ts'
import type { BlobKey, DocumentId, PageNumber, Sha256 } from './identifiers.ts'
import type { PageRange } from './page-ranges.ts'
import type { BoundingBox, FailedPage, PageStatus, Usage } from './page.ts'
import type { Progress } from './progress.ts'
import type { Callback, CallbackPlan } from './webhooks.ts'

/** File formats that are read, named by content. */
export const MEDIA_TYPES = ['pdf', 'png', 'jpeg', 'tiff', 'webp', 'gif', 'bmp'] as const

/** One of {@link MEDIA_TYPES}. */
export type MediaType = (typeof MEDIA_TYPES)[number]

/** The HTTP dialects a document can come in by. */
export const DIALECTS = ['v1', 'py-ocr', 'dots', 'qianxia', 'scnet', 'deepseek'] as const

/** One of {@link DIALECTS}. */
export type Dialect = (typeof DIALECTS)[number]

/** A file that a worker is to fetch. */
export type RemoteFile = {
  /** From a stranger, refused already by what its text shows; it may hold credentials. */
  readonly url: string
  readonly maxBytes: number
  /** What the file may be by its content; `null`: anything that we read. */
  readonly mediaTypes: readonly MediaType[] | null
}

/** The prompts that a caller of the dots dialect may choose from. */
export const DOTS_PROMPT_TYPES = [
  'prompt_layout_all_en',
  'prompt_layout_only_en',
  'prompt_ocr',
  'prompt_grounding_ocr',
] as const

/** One of {@link DOTS_PROMPT_TYPES}. */
export type DotsPromptType = (typeof DOTS_PROMPT_TYPES)[number]

/** What a caller asks the model himself, in place of our own questions. */
export type ModelQuestion =
  | {
      readonly model: 'dots'
      readonly promptType: DotsPromptType
      readonly temperature: number
      readonly topP: number
      readonly maxTokens: number
      /** Region to read, in pixels of the page image; for `prompt_grounding_ocr`. */
      readonly bbox: BoundingBox | null
      /** The answer as the model gave it, also where we could bring it into form. */
      readonly isRaw: boolean
    }
  | { readonly model: 'deepseek'; readonly prompt: string }

/**
 * `documents/<id>/request.json`: what was asked for, and everything that history must not carry.
 * The password and the URL are erased when the document ends.
 */
export type DocumentRequest = {
  readonly documentId: DocumentId
  readonly dialect: Dialect
  readonly owner: string | null
  readonly fileName: string
  /** `null`, like hash and size, until a remote file was fetched. */
  readonly mediaType: MediaType | null
  readonly sha256: Sha256 | null
  readonly sizeBytes: number | null
  /** What is to be fetched; absent or `null`: it was uploaded. */
  readonly remote?: RemoteFile | null
  /** Asked of the model for every page, in place of our own questions; absent or `null`: none. */
  readonly question?: ModelQuestion | null
  /** Where the answer to `question` is posted while it is written; absent or `null`: nowhere. */
  readonly relayUrl?: string | null
  /** Who is told how the document ends; kept as long as the document. Absent or `null`: nobody. */
  readonly callback?: Callback | null
  /** Address that the upload came from, where the dialect shows it. */
  readonly clientAddress?: string | null
  readonly engine: EngineId
  /** `null`: the engine's own default. */
  readonly languages: readonly Language[] | null
  readonly dpi: number
  /** `null`: all pages. */
  readonly pages: readonly PageRange[] | null
  readonly password: string | null
  readonly maxPages: number
  /** Longest side of an uploaded image in pixels; `null`: only the product's own pixel limit. */
  readonly maxImageSidePx: number | null
  /** Form of the result text. */
  readonly textStyle: 'form-feed' | 'py-ocr'
  /** Hash of everything that the caller asked for, to recognize a reused idempotency key. */
  readonly fingerprint: string
  readonly createdAt: string
}

/** Input of `processDocument`. Numbers that decide command order travel here, never as constants. */
export type ProcessDocumentInput = {
  readonly documentId: DocumentId
  /** `null`: the file is to be fetched first. */
  readonly documentSha256: Sha256 | null
  readonly engine: EngineId
  /** Selects the policy of the page activity. */
  readonly engineClass: EngineClass
  /** Where pages are recognized. */
  readonly engineQueue: string
  /** Steps after nonsense; absent in runs started before there were any: the default one alone. */
  readonly ladder?: readonly LadderStep[]
  /** Takes over a page at the end of the ladder; `null` or absent: nothing does. */
  readonly fallback?: FallbackEngine | null
  /** Where everything else runs. */
  readonly cpuQueue: string
  readonly pages: readonly PageRange[] | null
  /** Times that a page is tried again after a transient failure; absent: as we find right. */
  readonly maxRetries?: number
  /** Who shares the workers' time fairly with others; absent in older runs: everybody together. */
  readonly fairnessKey?: string
  /** Whether somebody is told of it; absent: nobody is. */
  readonly callback?: CallbackPlan
  /** Lanes: pages of this document under way at once. */
  readonly windowPages: number
  /** Pages before continue-as-new. */
  readonly pagesPerRun: number
  /** Pages of one `rasterizePages`. */
  readonly pagesPerRasterBatch: number
  /** Epoch ms; absolute, so that it survives continue-as-new. `null`: no deadline. */
  readonly deadlineAtMs: number | null
  /** Set by continue-as-new only. */
  readonly resume: Resume | null
}

/** The engine that reads a page which the one asked for could not read, and where. */
export type FallbackEngine = {
  readonly engine: EngineId
  readonly engineClass: EngineClass
  readonly engineQueue: string
}

/** What one run hands to the next. */
export type Resume = {
  readonly pageCount: number
  readonly progress: Progress
  /** `PAGE_MARK` per selected page; the first waiting one is where the next run starts. */
  readonly marks: string
  readonly failed: readonly FailedPage[]
  /** What pages cost that failed; absent or `null`: nothing. */
  readonly lostUsage?: Usage | null
}

/** Result of `processDocument`. */
export type ProcessDocumentResult = {
  readonly totalPages: number
  readonly failedPages: number
  readonly manifestKey: BlobKey
  /** Hash of the result text, as stored. */
  readonly resultSha256: string
}

/** Input of every activity that works on a document. */
export type DocumentRef = { readonly documentId: DocumentId; readonly documentSha256: Sha256 }

/** Input of `fetchDocument`. */
export type FetchInput = { readonly documentId: DocumentId }

/** Result of `fetchDocument`: what was fetched is in the store. */
export type FetchResult = { readonly documentSha256: Sha256; readonly startedAtMs: number }

/** What an inspection finds. */
export type Inspection = { readonly pageCount: number; readonly startedAtMs: number }

/** Input of `rasterizePages`: these pages, at most 25 of them. */
export type RasterizeInput = DocumentRef & { readonly pages: readonly PageNumber[] }

/** Result of `rasterizePages`: pages that could not be drawn are returned, not thrown. */
export type RasterizeResult = { readonly failed: readonly FailedPage[] }

/** Input of `recognizePage`. */
export type RecognizeInput = DocumentRef & {
  readonly page: PageNumber
  /** The engine that was asked for: whose page this is. */
  readonly engine: EngineId
  /** How it is to be read; absent before there was a ladder: by that engine's default step. */
  readonly ask?: PageAsk
  /** What earlier steps cost. */
  readonly spent?: PageSpending
  /** See {@link ProcessDocumentInput.maxRetries}. */
  readonly maxRetries?: number
}

/** One step of a page's ladder. */
export type PageAsk = {
  readonly step: LadderStep
  /** Share of the usual pixel budget, less after the engine ran out of memory. */
  readonly pixelShare: 1 | 0.5 | 0.25
  /** `null`: by the engine that was asked for. */
  readonly fallback: EngineId | null
}

/** What a page has cost so far; travels as the details of a failed step. */
export type PageSpending = Usage & {
  /** Times that the engine died with this page in flight. */
  readonly engineDeaths: number
}

/** Result of `recognizePage`: numbers only, the text is in the store. */
export type PageOutcome = {
  readonly status: PageStatus
  readonly characters: number
  readonly confidencePercent: number | null
}

/** How a document ended. */
export type DocumentOutcome = 'completed' | 'failed' | 'cancelled'

/** Input of `assembleDocument`. */
export type AssembleInput = {
  readonly documentId: DocumentId
  /** `null`: the file could not be fetched. */
  readonly documentSha256: Sha256 | null
  readonly engine: EngineId
  readonly outcome: DocumentOutcome
  readonly progress: Progress
  readonly pages: readonly PageRange[] | null
  readonly pageCount: number
  readonly marks: string
  readonly failed: readonly FailedPage[]
  /** What pages cost that failed; absent or `null`: nothing. */
  readonly lostUsage?: Usage | null
}

/** Result of `assembleDocument`. */
export type AssembleResult = { readonly manifestKey: BlobKey; readonly resultSha256: string }

/**
 * `documents/<id>/manifest.json`: written at every ending, so that status and results outlive
 * Temporal's retention. `results` is `null` when no page was delivered.
 */
export type Manifest = {
  readonly documentId: DocumentId
  /** `null`: the file could not be fetched. */
  readonly documentSha256: Sha256 | null
  readonly dialect: Dialect
  readonly owner: string | null
  readonly engine: EngineId
  readonly outcome: DocumentOutcome
  readonly failureCode: FailureCode | null
  readonly progress: Progress
  readonly pageCount: number
  readonly pages: readonly PageRange[] | null
  /** `PAGE_MARK` per selected page. */
  readonly marks: string
  readonly failed: readonly FailedPage[]
  readonly createdAt: string
  readonly startedAt: string | null
  readonly endedAt: string
  readonly results: {
    readonly text: BlobKey
    readonly markdown: BlobKey
    readonly json: BlobKey
    /** In the form of the SCNet document; absent in other dialects. */
    readonly scnet?: BlobKey
    /** Of the text file. */
    readonly textSizeBytes: number
    /** Unicode code points of the text file. */
    readonly textLength: number
    readonly textSha256: string
  } | null
  readonly usage: Usage | null
}
