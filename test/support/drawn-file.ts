import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import type { MediaType } from '../../src/contract/document.ts'
import { drawPages, type DrawnPage } from '../../src/documents/draw-pages.ts'
import { inspectFile } from '../../src/documents/inspect-file.ts'
import type { DocumentLimits } from '../../src/documents/limits.ts'
import type { SourceFile } from '../../src/documents/source-file.ts'

/** How a test opens a file. */
export type DrawOptions = Partial<Omit<SourceFile, 'path' | 'mediaType'>> & {
  readonly pages?: readonly number[]
  readonly dpi?: number
  readonly maxPages?: number
  readonly limits?: Partial<DocumentLimits>
}

/** A drawn page with its decoded pixels, three bytes each. */
export type SeenPage = DrawnPage & { readonly rgb: Buffer | null; readonly pngDpi: number | null }

/** Writes bytes to a file of their own and counts its pages. */
export async function inspectBytes(
  bytes: Uint8Array,
  mediaType: MediaType,
  options: DrawOptions = {},
): Promise<number> {
  await using source = await sourceOf(bytes, mediaType, options)
  const { pageCount } = await inspectFile(source.file, {
    maxPages: options.maxPages ?? 500,
    signal: AbortSignal.timeout(60_000),
    ...(options.limits === undefined ? {} : { limits: options.limits }),
  })
  return pageCount
}

/** Writes bytes to a file of their own and draws pages of it, the first by default. */
export async function drawBytes(
  bytes: Uint8Array,
  mediaType: MediaType,
  options: DrawOptions = {},
): Promise<SeenPage[]> {
  await using source = await sourceOf(bytes, mediaType, options)
  const seen: SeenPage[] = []
  const drawing = drawPages(source.file, {
    pages: options.pages ?? [1],
    dpi: options.dpi ?? 72,
    directory: source.directory,
    signal: AbortSignal.timeout(120_000),
    ...(options.limits === undefined ? {} : { limits: options.limits }),
  })
  for await (const page of drawing) {
    if (!('image' in page)) {
      seen.push({ ...page, rgb: null, pngDpi: null })
      continue
    }
    const image = sharp(await readFile(page.image.path))
    const { density } = await image.metadata()
    seen.push({ ...page, rgb: await image.raw().toBuffer(), pngDpi: density ?? null })
  }
  return seen
}

/** Draws the first page; fails when it cannot be drawn. */
export async function drawFirst(
  bytes: Uint8Array,
  mediaType: MediaType,
  options: DrawOptions = {},
): Promise<{
  image: { widthPx: number; heightPx: number; dpi: number }
  warnings: string[]
  rgb: Buffer
  pngDpi: number | null
}> {
  const [page] = await drawBytes(bytes, mediaType, options)
  if (page === undefined || !('image' in page) || page.rgb === null) {
    throw new Error(`Page was not drawn: ${JSON.stringify(page)}`)
  }
  return { image: page.image, warnings: [...page.warnings], rgb: page.rgb, pngDpi: page.pngDpi }
}

/** The pixel at a column and row, as `[red, green, blue]`. */
export function pixelAt(
  page: { image: { widthPx: number }; rgb: Buffer },
  x: number,
  y: number,
): number[] {
  const at = (y * page.image.widthPx + x) * 3
  return [...page.rgb.subarray(at, at + 3)]
}

/** How many pixels are darker than mid-grey. */
export function darkPixels(page: { rgb: Buffer }): number {
  let dark = 0
  for (let at = 0; at < page.rgb.length; at += 3) if ((page.rgb[at + 1] ?? 255) < 128) dark += 1
  return dark
}

async function sourceOf(bytes: Uint8Array, mediaType: MediaType, options: DrawOptions) {
  const directory = await mkdtemp(join(tmpdir(), 'durable-ocr-test-'))
  const path = join(directory, 'source')
  await writeFile(path, bytes)
  const file: SourceFile = {
    path,
    mediaType,
    password: options.password ?? null,
    maxImageSidePx: options.maxImageSidePx ?? null,
    downscale: options.downscale ?? false,
  }
  return {
    file,
    directory,
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  }
}
