import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { FailureCode } from '../contract/failures.ts'
import type { PageNumber } from '../contract/identifiers.ts'
import type { PageWarning } from '../contract/page.ts'
import { OcrError } from '../platform/errors.ts'
import type { DrawReply } from './child/protocol.ts'
import { DocumentProcess } from './document-process.ts'
import { DOCUMENT_LIMITS, type DocumentLimits } from './limits.ts'
import type { SourceFile } from './source-file.ts'

/** A page image on disk: an 8-bit sRGB PNG without alpha that carries its resolution. */
export type DrawnImage = {
  readonly path: string
  readonly widthPx: number
  readonly heightPx: number
  readonly dpi: number
}

/** A page that was drawn, or why it could not be. */
export type DrawnPage =
  | {
      readonly page: PageNumber
      readonly image: DrawnImage
      readonly warnings: readonly PageWarning[]
    }
  | { readonly page: PageNumber; readonly code: FailureCode }

/** What to draw, and where to. */
export type DrawPagesOptions = {
  readonly pages: readonly PageNumber[]
  /** 72-600; pages of a PDF are drawn at it, uploaded images keep their own pixels. */
  readonly dpi: number
  /** Receives `page-<number>.png`; whoever consumes the pages deletes them. */
  readonly directory: string
  readonly signal: AbortSignal
  readonly limits?: Partial<DocumentLimits>
}

/**
 * Draws pages in the order asked for, each under its own guard, in a child that is replaced when it
 * grew, was used up or got into trouble.
 *
 * A page that is too much for its child is drawn once more at half the resolution in a fresh one
 * (`RETRIED_SMALLER`). A page that cannot be drawn is yielded with its code and stops no other.
 *
 * @throws {OcrError} `PROGRAM_FAILED` (no child can be started), `STORAGE_FULL` (the local disk is)
 * @throws the signal's reason, or an `AbortError`, when the signal fires
 */
export async function* drawPages(
  file: SourceFile,
  options: DrawPagesOptions,
): AsyncGenerator<DrawnPage, void, undefined> {
  await using drawer = new PageDrawer(file, options)
  for (const page of options.pages) yield await drawer.draw(page)
}

const HALF = 0.5
// A fresh child at half the resolution may manage what one at full resolution did not.
const WORTH_RETRYING: readonly FailureCode[] = ['TOO_COMPLEX', 'PAGE_TIMEOUT', 'PAGE_POISON']

class PageDrawer implements AsyncDisposable {
  readonly #file: SourceFile
  readonly #options: DrawPagesOptions
  readonly #limits: DocumentLimits
  #process: DocumentProcess | null = null
  #drawnByProcess = 0
  /** The document cannot be opened at all: the answer for every page that is left. */
  #documentCode: FailureCode | null = null

  constructor(file: SourceFile, options: DrawPagesOptions) {
    this.#file = file
    this.#options = options
    this.#limits = { ...DOCUMENT_LIMITS, ...options.limits }
  }

  async draw(page: PageNumber): Promise<DrawnPage> {
    if (this.#documentCode !== null) return { page, code: this.#documentCode }
    const drawn = await this.#attempt(page, 1)
    if ('image' in drawn || !WORTH_RETRYING.includes(drawn.code)) return drawn
    const smaller = await this.#attempt(page, HALF)
    if (!('image' in smaller)) return smaller
    return { ...smaller, warnings: [...smaller.warnings, 'RETRIED_SMALLER'] }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#discardProcess()
  }

  async #attempt(page: PageNumber, scale: number): Promise<DrawnPage> {
    const path = join(this.#options.directory, `page-${page}.png`)
    const { dpi, signal } = this.#options
    const { drawWallClockMs } = this.#limits
    const deadlineMs = performance.now() + drawWallClockMs
    // At least half of it for each step: opening may have waited for a CPU, which does not count.
    const step = () => {
      const wallClockMs = Math.max(drawWallClockMs / 2, deadlineMs - performance.now())
      return { wallClockMs, signal }
    }
    try {
      const process = await this.#openProcess(step)
      const reply = await process.draw({ page, dpi, scale, path }, step())
      await checkPng(path, reply)
      this.#drawnByProcess += 1
      if (this.#isUsedUp(process)) await this.#discardProcess()
      const { warnings, ...size } = reply
      return { page, image: { path, ...size }, warnings }
    } catch (error) {
      const isCrash = this.#process?.alive === false
      await this.#discardProcess()
      await rm(path, { force: true })
      return { page, code: pageCodeOf(error, isCrash) }
    }
  }

  /** @throws {OcrError} what ends all pages, or this attempt */
  async #openProcess(
    step: () => { wallClockMs: number; signal: AbortSignal },
  ): Promise<DocumentProcess> {
    if (this.#process !== null) return this.#process
    const process = new DocumentProcess(this.#file, this.#limits, this.#limits.drawMaxRssBytes)
    try {
      await process.open(step())
    } catch (error) {
      const hasAnswered = process.alive
      await process[Symbol.asyncDispose]()
      if (hasAnswered && error instanceof OcrError && error.kind === 'input') {
        this.#documentCode = error.code
      }
      throw error
    }
    this.#process = process
    this.#drawnByProcess = 0
    return process
  }

  #isUsedUp(process: DocumentProcess): boolean {
    return (
      this.#drawnByProcess >= this.#limits.pagesPerChild ||
      process.rssBytes() > this.#limits.recycleRssBytes
    )
  }

  async #discardProcess(): Promise<void> {
    const process = this.#process
    this.#process = null
    await process?.[Symbol.asyncDispose]()
  }
}

/**
 * The code that a page ends with; throws what is not the page's fault.
 *
 * @param isCrash the child opened the document and died while it drew this page
 */
function pageCodeOf(error: unknown, isCrash: boolean): FailureCode {
  if (!(error instanceof OcrError)) throw error
  // No room: it is tried again when there is some.
  if (error.kind === 'busy') throw error
  if (error.code === 'PROGRAM_FAILED') {
    if (isCrash) return 'PAGE_POISON'
    throw error
  }
  return error.code
}

const PNG_HEADER_BYTES = 26
const PNG_AND_IHDR = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')
const EIGHT_BIT_RGB = Buffer.from([8, 2])

// Canvases beyond Skia's bounds encode cleanly, as something small and empty.
async function checkPng(path: string, reply: DrawReply): Promise<void> {
  await using file = await open(path, 'r')
  const { buffer: head } = await file.read(Buffer.alloc(PNG_HEADER_BYTES), 0, PNG_HEADER_BYTES, 0)
  const isExpected =
    head.subarray(0, 16).equals(PNG_AND_IHDR) &&
    head.readUInt32BE(16) === reply.widthPx &&
    head.readUInt32BE(20) === reply.heightPx &&
    head.subarray(24, 26).equals(EIGHT_BIT_RGB)
  if (!isExpected) throw new OcrError('PAGE_TOO_LARGE', 'Cannot draw page: image has another size')
}
