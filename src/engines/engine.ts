import type { ModelQuestion } from '../contract/document.ts'
import type { EngineId, LadderStep, Language } from '../contract/engines.ts'
import type { Block, Markup, PageWarning, Usage } from '../contract/page.ts'

/**
 * A page as an engine gets it: an 8-bit sRGB PNG without alpha that we encoded ourselves, EXIF
 * orientation applied. `dpi` is the resolution of these pixels.
 */
export type PageImage = {
  readonly png: Uint8Array
  readonly widthPx: number
  readonly heightPx: number
  readonly dpi: number
}

/** What is asked of an engine for one page. */
export type RecognizeOptions = {
  /** `null`: the engine's own default. */
  readonly languages: readonly Language[] | null
  /** Fires on cancel and on shutdown; the engine must stop within a second and throw an abort error. */
  readonly signal: AbortSignal
  /** How the page is asked for; `default` unless an answer to that was nonsense. */
  readonly step?: LadderStep
  /** Share of the engine's usual pixel budget; less after it ran out of memory. 1 by default. */
  readonly pixelShare?: PixelShare
  /** Names the request in the log of a model server: letters, digits and `-`, at most 64. */
  readonly requestId?: string
  /** Called as tokens arrive, with how many there are so far. */
  readonly onTokens?: (tokens: number) => void
  /** Stands before the server of an engine; absent where nobody does. */
  readonly guard?: RequestGuard
}

/**
 * Lets one request of a page through to the server of its engine, and sees how it ends. An engine **must**
 * send each through it, as soon as that has got its slot and before the slot is handed on.
 *
 * @throws {OcrError} why none may be sent now: `ENGINE_DOWN`, `ENGINE_RATE_LIMITED`,
 *   `ENGINE_MISCONFIGURED`; and whatever the request throws
 */
export type RequestGuard = <T>(request: () => Promise<T>) => Promise<T>

/** See {@link RecognizeOptions.pixelShare}. */
export type PixelShare = 1 | 0.5 | 0.25

/** What an engine saw. No blocks: the page was looked at and is blank. */
export type Recognition = {
  /** In reading order; boxes in pixels of `turned`, if given, else of the image that was passed in. */
  readonly blocks: readonly Block[]
  /** How the text of `blocks` is written; `plain` by default. */
  readonly markup?: Markup
  /** The image turned upright, when the engine had to turn it. */
  readonly turned: PageImage | null
  readonly warnings: readonly PageWarning[]
  readonly usage: Usage | null
}

/** Of the door before a server: pages pass, one is tried, or all are turned away. */
export type CircuitState = 'closed' | 'half-open' | 'open'

/** How a caller's own question is passed on. */
export type AnswerOptions = Omit<RecognizeOptions, 'languages'> & {
  /** Called with the pieces of the answer as they arrive; together they are what the model wrote. */
  readonly onText?: (piece: string) => void
}

/** What a model answered to a caller's own question: hostile text, well-formed. */
export type ModelAnswer = {
  readonly text: string
  /** `false`: the model was stopped, by the caller's limit or because it repeated itself. */
  readonly isWhole: boolean
  readonly usage: Usage | null
}

/**
 * Recognizes single pages. Built-in engines go through this door like any other.
 *
 * An engine **may** keep processes or connections warm between pages. It **must** be safe to call
 * `slots` times at once, must stop when the signal fires, and must give the same blocks for the same
 * image, options and `version` (a model that samples: as far as it can). It **must not** retry
 * (Temporal does), write to the store, return an error text as page content, or let one page see
 * another. Otherwise it throws an `OcrError`, with the tokens that were spent on nothing.
 *
 * @throws {OcrError} `TOO_COMPLEX`, `PAGE_TIMEOUT`, `PROGRAM_MISSING`, `PROGRAM_FAILED`, any `ENGINE_*`,
 *   `SUSPECT_OUTPUT`
 * @example const { blocks } = await engine.recognize(image, { languages: ['zh'], signal })
 */
export interface OcrEngine extends AsyncDisposable {
  readonly id: EngineId
  /** Names everything that decides the output: program, models, algorithm. Part of the page's key. */
  readonly version: string
  recognize(image: PageImage, options: RecognizeOptions): Promise<Recognition>
  /**
   * Passes a caller's own question on, in place of the engine's. Absent: it takes none. Otherwise as
   * `recognize`; a question for another model is `ENGINE_REJECTED_REQUEST`.
   */
  answer?(image: PageImage, question: ModelQuestion, options: AnswerOptions): Promise<ModelAnswer>
  /** Finds out whether the engine can work; the error names the setting to change. */
  probe(signal: AbortSignal): Promise<void>
  /** Whether pages reach its server at this moment. Absent: it has none that could be down. */
  circuit?(): CircuitState
}
