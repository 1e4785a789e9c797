import { readFile } from 'node:fs/promises'
import sharp, { type Metadata, type Sharp } from 'sharp'
import type { MediaType } from '../../contract/document.ts'
import type { PageWarning } from '../../contract/page.ts'
import { OcrError } from '../../platform/errors.ts'
import type { DocumentLimits } from '../limits.ts'
import { fitImage, plausibleDpi } from '../page-size.ts'
import type { SourceFile } from '../source-file.ts'
import { readBmpHeader } from './bmp-header.ts'
import { decodeBmp } from './decode-bmp.ts'
import { writePng } from './png-output.ts'
import type { DrawReply, DrawRequest, PageSource } from './protocol.ts'

const LOADERS: Readonly<Record<Exclude<MediaType, 'pdf' | 'bmp'>, string>> = {
  png: 'VipsForeignLoadPng',
  jpeg: 'VipsForeignLoadJpeg',
  tiff: 'VipsForeignLoadTiff',
  webp: 'VipsForeignLoadWebp',
  gif: 'VipsForeignLoadNsgif',
}

/** Pixels of one page of an image file, before anything is done to them. */
type RawPage = {
  readonly widthPx: number
  readonly heightPx: number
  readonly ownDpi: number | null
  /** How far 16-bit samples must be stretched to use their whole range; 1: not at all. */
  readonly stretch: number
  readonly warnings: readonly PageWarning[]
  /** A fresh pipeline at each call. */
  readonly pixels: () => Sharp
}

/**
 * Opens an image. Pages are those of a TIFF; of an animation only the first frame is read.
 *
 * @throws {OcrError} `CORRUPT_IMAGE`, `IMAGE_DIMENSIONS` (from the header, before decoding)
 */
export async function openImage(file: SourceFile, limits: DocumentLimits): Promise<PageSource> {
  if (file.mediaType === 'bmp') return openBmp(file, limits)
  if (file.mediaType === 'pdf') throw new TypeError('A PDF is no image')
  sharp.unblock({ operation: [LOADERS[file.mediaType]] })
  const metadata = await readMetadata(file, 1)
  checkSize(metadata, file, limits)
  return {
    pageCount: file.mediaType === 'tiff' ? (metadata.pages ?? 1) : 1,
    draw: (request) => drawImagePage(file, request, limits),
  }
}

async function openBmp(file: SourceFile, limits: DocumentLimits): Promise<PageSource> {
  const bytes = await readFile(file.path)
  const { widthPx, heightPx } = readBmpHeader(bytes)
  checkSize({ width: widthPx, height: heightPx }, file, limits)
  return {
    pageCount: 1,
    draw: (request) => {
      const bmp = decodeBmp(bytes, limits.maxImagePixels)
      const raw = { width: widthPx, height: heightPx, channels: 4 } as const
      const page: RawPage = {
        widthPx,
        heightPx,
        ownDpi: bmp.dpi,
        stretch: 1,
        warnings: bmp.isDamaged ? ['IMAGE_TRUNCATED'] : [],
        pixels: () => sharp(bmp.rgba, { raw }),
      }
      return writePage(page, request, { file, limits })
    },
  }
}

async function drawImagePage(
  file: SourceFile,
  request: DrawRequest,
  limits: DocumentLimits,
): Promise<DrawReply> {
  const metadata = await readMetadata(file, request.page)
  checkSize(metadata, file, limits)
  try {
    const page = await rawPage(file, { metadata, request, failOn: 'error' })
    return await writePage(page, request, { file, limits })
  } catch (error) {
    if (!isDecodingError(error)) throw error
    if (file.mediaType !== 'jpeg') throw corruptImage(error)
    return await drawDamagedJpeg(file, { metadata, request, limits })
  }
}

// Scanners do cut JPEGs short. What can be read is worth more than nothing, unless nothing can be.
// Not so for PNG: there libvips 8.18 fills what is missing with repeated rows, text included.
async function drawDamagedJpeg(
  file: SourceFile,
  page: { metadata: Metadata; request: DrawRequest; limits: DocumentLimits },
): Promise<DrawReply> {
  try {
    const raw = await rawPage(file, { ...page, failOn: 'none' })
    const { channels } = await raw.pixels().stats()
    if (channels.every(({ min, max }) => min === max)) throw new Error('One colour only')
    const damaged: RawPage = { ...raw, warnings: ['IMAGE_TRUNCATED'] }
    return await writePage(damaged, page.request, { file, limits: page.limits })
  } catch (error) {
    if (!isDecodingError(error)) throw error
    throw corruptImage(error)
  }
}

function corruptImage(cause: unknown): OcrError {
  return new OcrError('CORRUPT_IMAGE', 'Cannot decode image', { cause })
}

async function rawPage(
  file: SourceFile,
  { metadata, request, failOn }: { metadata: Metadata; request: DrawRequest; failOn: FailOn },
): Promise<RawPage> {
  // The size was checked against the header, so the decoder's own limit can only hit a lie.
  const pixels = () =>
    sharp(file.path, {
      ...readOptions(file, request.page),
      failOn,
      limitInputPixels: metadata.width * metadata.height,
    })
  const isTurned = (metadata.orientation ?? 1) >= 5
  return {
    widthPx: isTurned ? metadata.height : metadata.width,
    heightPx: isTurned ? metadata.width : metadata.height,
    ownDpi: metadata.density ?? null,
    stretch: metadata.depth === 'ushort' ? await stretchOf(pixels(), metadata) : 1,
    warnings: [],
    pixels,
  }
}

async function writePage(
  page: RawPage,
  request: DrawRequest,
  { file, limits }: { file: SourceFile; limits: DocumentLimits },
): Promise<DrawReply> {
  const warnings = new Set(page.warnings)
  const ownSize = { ...page, dpi: plausibleDpi(page, page.ownDpi) }
  const size = fitImage(ownSize, request.scale, { ...limits, maxImageSidePx: file.maxImageSidePx })
  const { widthPx, heightPx, dpi } = size
  let image = page.pixels().autoOrient().flatten({ background: '#ffffff' })
  if (widthPx !== page.widthPx || heightPx !== page.heightPx) {
    image = image.resize(widthPx, heightPx, { fit: 'fill' })
    if (request.scale === 1) warnings.add('DPI_LOWERED')
  }
  if (page.stretch !== 1) image = image.linear(page.stretch, 0)
  await writePng(image, dpi, request.path)
  return { widthPx, heightPx, dpi, warnings: [...warnings] }
}

// A scanner with 10 or 12 bits in 16 would otherwise come out black.
async function stretchOf(image: Sharp, metadata: Metadata): Promise<number> {
  const { channels } = await image.stats()
  const colours = metadata.hasAlpha === true ? channels.slice(0, -1) : channels
  const max = Math.max(...colours.map((channel) => channel.max))
  return max > 0 && max < 60_000 ? 65_535 / max : 1
}

async function readMetadata(file: SourceFile, page: number): Promise<Metadata> {
  try {
    return await sharp(file.path, {
      ...readOptions(file, page),
      limitInputPixels: false,
    }).metadata()
  } catch (error) {
    if (!isDecodingError(error)) throw error
    throw new OcrError('CORRUPT_IMAGE', 'Cannot read image header', { cause: error })
  }
}

type FailOn = 'error' | 'none'

function readOptions(file: SourceFile, page: number) {
  const options = { sequentialRead: true, limitInputChannels: 5 }
  return file.mediaType === 'tiff' ? { ...options, page: page - 1, pages: 1 } : options
}

function checkSize(
  image: { width: number; height: number },
  file: SourceFile,
  limits: DocumentLimits,
): void {
  const maxSidePx = file.maxImageSidePx ?? Infinity
  const isTooLong = Math.max(image.width, image.height) > maxSidePx && file.downscale !== true
  if (isTooLong || image.width * image.height > limits.maxImagePixels) {
    const size = `${image.width} x ${image.height} pixels`
    throw new OcrError('IMAGE_DIMENSIONS', `Cannot accept image: ${size}`, {
      publicDetail: size,
    })
  }
}

// sharp throws plain errors without a code; those of the file system have one.
function isDecodingError(error: unknown): boolean {
  return !(error instanceof OcrError) && !(error instanceof Error && 'syscall' in error)
}
