import type { EngineId, Language } from '../contract/engines.ts'
import type { Block, PageWarning, Usage } from '../contract/page.ts'

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
}

/** What an engine saw. No blocks: the page was looked at and is blank. */
export type Recognition = {
  /** In reading order; boxes in pixels of `turned`, if given, else of the image that was passed in. */
  readonly blocks: readonly Block[]
  /** The image turned upright, when the engine had to turn it. */
  readonly turned: PageImage | null
  readonly warnings: readonly PageWarning[]
  readonly usage: Usage | null
}

/**
 * Recognizes single pages. Built-in engines go through this door like any other.
 *
 * An engine **may** keep processes or connections warm between pages. It **must** be safe to call
 * `slots` times at once, must stop when the signal fires, and must give the same blocks for the same
 * image, options and `version`. It **must not** retry (Temporal does), write to the store, return an
 * error text as page content, or let one page see another. Otherwise it throws an `OcrError`.
 *
 * @throws {OcrError} `TOO_COMPLEX`, `PAGE_TIMEOUT`, `PROGRAM_MISSING`, `PROGRAM_FAILED`,
 *   `ENGINE_UNREACHABLE`, `ENGINE_TIMED_OUT`, `ENGINE_OUTPUT_INVALID`, `ENGINE_RATE_LIMITED`,
 *   `ENGINE_REJECTED_REQUEST`, `ENGINE_MISCONFIGURED`, `SUSPECT_OUTPUT`
 * @example const { blocks } = await engine.recognize(image, { languages: ['zh'], signal })
 */
export interface OcrEngine extends AsyncDisposable {
  readonly id: EngineId
  /** Names everything that decides the output: program, models, algorithm. Part of the page's key. */
  readonly version: string
  recognize(image: PageImage, options: RecognizeOptions): Promise<Recognition>
  /** Finds out whether the engine can work; the error names the setting to change. */
  probe(signal: AbortSignal): Promise<void>
}
