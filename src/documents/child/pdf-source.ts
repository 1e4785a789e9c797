import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { createCanvas } from '@napi-rs/canvas'
import {
  getDocument,
  type PDFDocumentProxy,
  type PDFPageProxy,
} from 'pdfjs-dist/legacy/build/pdf.mjs'
import sharp from 'sharp'
import type { FailureCode } from '../../contract/failures.ts'
import type { PageNumber } from '../../contract/identifiers.ts'
import type { PageWarning } from '../../contract/page.ts'
import { OcrError, coerceError } from '../../platform/errors.ts'
import type { DocumentLimits } from '../limits.ts'
import { fitPage, type PageSize } from '../page-size.ts'
import type { SourceFile } from '../source-file.ts'
import { loadPdfParser } from './load-pdf-parser.ts'
import { registerFallbackFonts } from './pdf-fonts.ts'
import { interpretPdfWarning } from './pdf-warnings.ts'
import { writePng } from './png-output.ts'
import type { DrawReply, DrawRequest, PageSource } from './protocol.ts'

type RenderCanvas = Parameters<PDFPageProxy['render']>[0]['canvas']

/** What was noticed of one page. */
type Notes = { failure: FailureCode | null; readonly warnings: Set<PageWarning> }

// By page, because pdf.js looks at a page's box and shared objects once, which is not always when the
// page is drawn.
const notesByPage = new Map<PageNumber, Notes>()
let notes = notesOf(1)

/**
 * Opens a PDF with pdf.js. Takes over the console: warnings there are the only sign of lost content.
 *
 * @throws {OcrError} `ENCRYPTED_PDF`, `CORRUPT_PDF`, `TOO_COMPLEX`
 */
export async function openPdf(file: SourceFile, limits: DocumentLimits): Promise<PageSource> {
  Object.assign(console, { warn: note, log: note, info: note })
  await loadPdfParser()
  registerFallbackFonts()
  const data = new Uint8Array(await readFile(file.path))
  try {
    const document = await getDocument({
      data,
      ...(file.password === null ? {} : { password: file.password }),
      // Everything it has to say: of damaged compression it tells as mere information.
      verbosity: 5,
      enableXfa: false,
      useSystemFonts: false,
      disableFontFace: true,
      // Larger images are removed with a warning, which makes the page fail instead of coming out blank.
      maxImageSize: limits.maxPdfImagePixels,
      stopAtErrors: false,
      isOffscreenCanvasSupported: false,
      cMapUrl: assetDirectory('cmaps'),
      cMapPacked: true,
      standardFontDataUrl: assetDirectory('standard_fonts'),
      wasmUrl: assetDirectory('wasm'),
      iccUrl: assetDirectory('iccs'),
    }).promise
    await checkPageTree(document)
    return {
      pageCount: document.numPages,
      draw: (request) => drawPdfPage(document, request, limits),
    }
  } catch (error) {
    throw translatePdfError(error, 'Cannot open PDF')
  }
}

// `/Count` can claim anything. A tree that gives neither its first nor its last page is broken; where
// one of them comes, the others are found out when they are drawn.
async function checkPageTree(document: PDFDocumentProxy): Promise<void> {
  if (document.numPages < 1) return
  notes = notesOf(1)
  try {
    await document.getPage(1)
  } catch (error) {
    if (document.numPages === 1) throw error
    notes = notesOf(document.numPages)
    await document.getPage(document.numPages)
  }
}

async function drawPdfPage(
  document: PDFDocumentProxy,
  request: DrawRequest,
  limits: DocumentLimits,
): Promise<DrawReply> {
  notes = notesOf(request.page)
  let size: PageSize | null = null
  try {
    const page = await document.getPage(request.page)
    const { width, height } = page.getViewport({ scale: 1 })
    // Half of an odd resolution is no resolution that a PNG can say.
    const dpi = Math.floor(request.dpi * request.scale)
    size = fitPage({ widthPt: width, heightPt: height }, dpi, limits)
    if (size === null) throw await tooLargeError(page)
    if (size.dpi < dpi) notes.warnings.add('DPI_LOWERED')
    const pixels = await render(page, size)
    if (notes.failure !== null) throw new OcrError(notes.failure, 'Cannot draw page: image removed')
    const raw = { width: size.widthPx, height: size.heightPx, channels: 4 } as const
    await writePng(sharp(pixels, { raw }), size.dpi, request.path)
  } catch (error) {
    throw translatePdfError(error, 'Cannot draw page')
  }
  return { ...size, warnings: [...notes.warnings] }
}

// Of a page that is only as large as the monstrous image on it, the image is the better reason.
async function tooLargeError(page: PDFPageProxy): Promise<OcrError> {
  await page.getOperatorList()
  return new OcrError(notes.failure ?? 'PAGE_TOO_LARGE', 'Cannot draw page: too large')
}

/** RGBA pixels of a page on white. */
async function render(page: PDFPageProxy, size: PageSize): Promise<Buffer> {
  const canvas = createCanvas(size.widthPx, size.heightPx)
  const fonts = watchFonts(page)
  try {
    await page.render({
      // pdf.js is typed for browsers, whose types we do not have; on Node it draws on this canvas.
      canvas: canvas as unknown as RenderCanvas,
      viewport: page.getViewport({ scale: size.dpi / 72 }),
      background: 'white',
    }).promise
    if (fonts.anyMissing()) notes.warnings.add('FONT_SUBSTITUTED')
    return canvas.data()
  } finally {
    fonts.stop()
    page.cleanup()
    // Frees the surface now, not when the garbage collector comes by.
    canvas.width = canvas.height = 1
  }
}

// pdf.js 6.5 says nothing when it draws with another font than the page wants. The page's own fonts
// are those that it takes out of the store of shared objects while it is drawn.
function watchFonts(page: PDFPageProxy): { anyMissing: () => boolean; stop: () => void } {
  // Typed as a class with a fixed method, but a plain object to its only reader.
  const store = page.commonObjs as { get: (id: string, callback?: unknown) => unknown }
  const get = store.get.bind(store)
  const ids = new Set<string>()
  store.get = (id, callback) => {
    if (!id.includes('_path_')) ids.add(id)
    return get(id, callback)
  }
  return {
    anyMissing: () =>
      [...ids].some((id) => {
        const font = page.commonObjs.has(id) ? get(id) : null
        return (
          typeof font === 'object' &&
          font !== null &&
          'missingFile' in font &&
          font.missingFile === true
        )
      }),
    stop: () => {
      store.get = get
    },
  }
}

function notesOf(page: PageNumber): Notes {
  const known = notesByPage.get(page)
  if (known !== undefined) return known
  const fresh: Notes = { failure: null, warnings: new Set() }
  notesByPage.set(page, fresh)
  return fresh
}

function note(line: unknown): void {
  const meaning = interpretPdfWarning(String(line))
  if (meaning === null) return
  if (meaning.kind === 'failure') notes.failure = meaning.code
  else notes.warnings.add(meaning.warning)
}

function translatePdfError(thrown: unknown, message: string): Error {
  const error = coerceError(thrown)
  if (error instanceof OcrError || 'syscall' in error) return error
  return new OcrError(codeOfPdfError(error), `${message}: ${error.name}`, { cause: error })
}

function codeOfPdfError(error: Error): FailureCode {
  if (error.name === 'PasswordException') return 'ENCRYPTED_PDF'
  // Thrown by V8 when no memory is left for a buffer.
  if (error instanceof RangeError && error.message.includes('allocation')) return 'TOO_COMPLEX'
  // Skia had no surface for a layer or an image, though the page itself is within bounds.
  if ('code' in error && error.code === 'GenericFailure') return 'IMAGE_TOO_LARGE'
  return 'CORRUPT_PDF'
}

// pdf.js wants paths with a trailing slash.
function assetDirectory(name: string): string {
  return fileURLToPath(
    new URL(`../../${name}/`, import.meta.resolve('pdfjs-dist/legacy/build/pdf.mjs')),
  )
}
