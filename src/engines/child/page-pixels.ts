import { writeFile } from 'node:fs/promises'
import { Image } from 'paddleocr'
import sharp, { type Sharp } from 'sharp'
import type { QuarterTurn } from './orientation.ts'

/** A decoded page: 8-bit RGB. */
export type PagePixels = {
  readonly image: Image
  /** Pixels of `image` per pixel of the file. */
  readonly scale: number
  /** Size of the file in pixels. */
  readonly widthPx: number
  readonly heightPx: number
}

// Detection and recognition gain nothing above, and memory grows with the pixels.
const MAX_PIXELS = 25_000_000

sharp.concurrency(1)
sharp.cache(false)

/** Decodes a page image at `scale` (at most 1), and smaller when it has more than 25 megapixels. */
export async function readPagePixels(path: string, scale: number): Promise<PagePixels> {
  const { autoOrient } = await sharp(path).metadata()
  const { width: widthPx, height: heightPx } = autoOrient
  const fitting = Math.min(scale, Math.sqrt(MAX_PIXELS / (widthPx * heightPx)))
  const { data, info } = await flattened(path)
    .resize(fitting < 1 ? { width: Math.max(1, Math.round(widthPx * fitting)) } : {})
    .raw()
    .toBuffer({ resolveWithObject: true })
  return {
    image: new Image(info.width, info.height, 3, data),
    scale: info.width / widthPx,
    widthPx,
    heightPx,
  }
}

/** Turns decoded pixels clockwise. */
export async function turnPixels(image: Image, turn: QuarterTurn): Promise<Image> {
  if (turn === 0) return image
  const raw = { width: image.width, height: image.height, channels: 3 } as const
  const { data, info } = await sharp(image.data, { raw })
    .rotate(turn)
    .raw()
    .toBuffer({ resolveWithObject: true })
  return new Image(info.width, info.height, 3, data)
}

/** Writes a page image turned clockwise, as an 8-bit RGB PNG that says its resolution. */
export async function writeTurnedPng(
  path: string,
  turned: { path: string; turn: QuarterTurn; dpi: number },
): Promise<void> {
  const png = await flattened(path)
    .rotate(turned.turn)
    .withMetadata({ density: turned.dpi })
    .png({ compressionLevel: 6 })
    .toBuffer()
  // Not by sharp, which does not say that the disk is full so that a program could tell.
  await writeFile(turned.path, png)
}

function flattened(path: string): Sharp {
  return sharp(path)
    .autoOrient()
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .removeAlpha()
}
