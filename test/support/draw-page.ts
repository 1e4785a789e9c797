import { createCanvas, GlobalFonts } from '@napi-rs/canvas'
import { fileURLToPath } from 'node:url'
import type { PageImage } from '../../src/engines/engine.ts'

const FONT = 'Noto Sans SC'
GlobalFonts.registerFromPath(
  fileURLToPath(
    import.meta.resolve('@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf'),
  ),
  FONT,
)

/** A line of text at a place, in pixels; `yPx` is its baseline. */
export type DrawnLine = {
  readonly text: string
  readonly xPx: number
  readonly yPx: number
  readonly sizePx?: number
  readonly color?: string
}

/** Size, turn and ground of a drawn page. Quarter turns are clockwise. */
export type DrawnPageOptions = {
  readonly widthPx?: number
  readonly heightPx?: number
  readonly turnDegrees?: 0 | 90 | 180 | 270
  readonly background?: string
}

/** Draws lines of text as a page image at 200 dpi. */
export function drawPage(lines: readonly DrawnLine[], options: DrawnPageOptions = {}): PageImage {
  const { widthPx = 800, heightPx = 600, turnDegrees = 0, background = '#ffffff' } = options
  const isQuarter = turnDegrees % 180 !== 0
  const canvas = createCanvas(isQuarter ? heightPx : widthPx, isQuarter ? widthPx : heightPx)
  const context = canvas.getContext('2d')
  context.fillStyle = background
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.translate(canvas.width / 2, canvas.height / 2)
  context.rotate((turnDegrees * Math.PI) / 180)
  context.translate(-widthPx / 2, -heightPx / 2)
  for (const { text, xPx, yPx, sizePx = 32, color = '#000000' } of lines) {
    context.font = `${sizePx}px "${FONT}"`
    context.fillStyle = color
    context.fillText(text, xPx, yPx)
  }
  return {
    png: canvas.toBuffer('image/png'),
    widthPx: canvas.width,
    heightPx: canvas.height,
    dpi: 200,
  }
}

/** Draws a page of reproducible black and white noise. */
export function drawNoise(widthPx: number, heightPx: number): PageImage {
  const canvas = createCanvas(widthPx, heightPx)
  const context = canvas.getContext('2d')
  const pixels = context.createImageData(widthPx, heightPx)
  let state = 1
  for (let offset = 0; offset < pixels.data.length; offset += 4) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    const value = state >>> 31 === 1 ? 255 : 0
    pixels.data.set([value, value, value, 255], offset)
  }
  context.putImageData(pixels, 0, 0)
  return { png: canvas.toBuffer('image/png'), widthPx, heightPx, dpi: 200 }
}
