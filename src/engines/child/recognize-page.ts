import { setImmediate } from 'node:timers/promises'
import type { Box, Image } from 'paddleocr'
import type { PaddlePageRequest } from '../paddle-protocol.ts'
import type { Quad, TextLine } from '../layout/text-line.ts'
import {
  longestQuads,
  runsVertically,
  turnFor,
  type CropDirection,
  type QuarterTurn,
} from './orientation.ts'
import type { PaddleModels } from './paddle-models.ts'
import { readPagePixels, turnPixels, writeTurnedPng } from './page-pixels.ts'
import { tightenQuads } from './tighten-quads.ts'

type PackageQuad = NonNullable<Box['points']>

// More boxes than this: small print, such as a newspaper (438). Ordinary pages have under 200.
const SMALL_PRINT_BOXES = 250
const SMALL_PRINT_SIDE_PX = 1680
const MIN_CONFIDENCE = 0.5
const VOTING_LINES = 12
const VOTE_WIDTH_RATIO = 4
// Reading both ways is dear, so only this many of the longest lines confirm a turn.
const CONFIRMING_LINES = 4
const LEGIBLE_CONFIDENCE = 0.6

/** Lines in no order, in pixels of the page image after it was turned clockwise. */
export type PageLines = {
  readonly turn: QuarterTurn
  readonly lines: readonly TextLine[]
  /** Lines were found, but none could be read: a script the models do not know, or a picture. */
  readonly isIllegible: boolean
}

/** Finds the lines of a page, turns it upright when its text is not, and reads them. */
export async function recognizePage(
  models: PaddleModels,
  page: PaddlePageRequest,
): Promise<PageLines> {
  const pixels = await readPagePixels(page.imagePath, page.scale)
  const found = await detectLines(models, pixels.image)
  const turn = await findTurn(models, pixels.image, found)
  const upright = await turnPixels(pixels.image, turn)
  // Detection is for horizontal text: on a quarter turn it loses half of a dense page (CER 63 % with
  // its boxes turned along, 4 % when it looks again).
  const quads = turn === 0 ? found : await detectLines(models, upright)
  const lines: TextLine[] = []
  const crops = tightenQuads(quads)
  for (const [position, quad] of quads.entries()) {
    const { text, confidence } = await readLine(models, upright, crops[position] ?? quad)
    if (confidence < MIN_CONFIDENCE || text.trim() === '') continue
    lines.push({ quad: scaleQuad(quad, 1 / pixels.scale), text, confidence })
  }
  if (turn !== 0) {
    await writeTurnedPng(page.imagePath, { path: page.turnedPath, turn, dpi: page.dpi })
  }
  // onnxruntime-node frees native buffers only when the event loop turns.
  await setImmediate()
  return { turn, lines, isIllegible: quads.length > 0 && lines.length === 0 }
}

async function detectLines({ detection }: PaddleModels, image: Image): Promise<Quad[]> {
  let boxes = await detection.run(image)
  if (boxes.length > SMALL_PRINT_BOXES) {
    const nativeSidePx = Math.max(image.width, image.height)
    boxes = await detection.run(image, {
      limitType: 'resize_long',
      maxSideLength: Math.min(SMALL_PRINT_SIDE_PX, 2 * nativeSidePx),
    })
  }
  return boxes.flatMap(({ points }) => (points === undefined ? [] : [points]))
}

async function findTurn(
  models: PaddleModels,
  image: Image,
  quads: readonly Quad[],
): Promise<QuarterTurn> {
  const isVertical = runsVertically(quads)
  const voters = longestQuads(quads, VOTING_LINES)
  const direction = await voteOnDirection(models, image, voters)
  if (turnFor(isVertical, direction) === 0) return 0
  const sample = voters.slice(0, CONFIRMING_LINES)
  const upright = await confidenceOf(models, image, { quads: sample, direction: 'upright' })
  const flipped = await confidenceOf(models, image, { quads: sample, direction: 'upside-down' })
  if (Math.max(upright, flipped) < LEGIBLE_CONFIDENCE) return 0
  return turnFor(isVertical, upright >= flipped ? 'upright' : 'upside-down')
}

async function voteOnDirection(
  { lineDirection }: PaddleModels,
  image: Image,
  quads: readonly Quad[],
): Promise<CropDirection> {
  let votes = 0
  for (const quad of quads) {
    const crop = image.cropRotated(toPackageQuad(quad))
    const width = Math.min(crop.width, VOTE_WIDTH_RATIO * crop.height)
    const start = crop.crop({ x: 0, y: 0, width, height: crop.height })
    const [best] = await lineDirection.run(start)
    votes += best?.label === '180' ? 1 : -1
  }
  return votes > 0 ? 'upside-down' : 'upright'
}

async function confidenceOf(
  models: PaddleModels,
  image: Image,
  lines: { quads: readonly Quad[]; direction: CropDirection },
): Promise<number> {
  let sum = 0
  for (const [a, b, c, d] of lines.quads) {
    // Starting from the opposite corner, the crop comes out upside down.
    const quad: Quad = lines.direction === 'upright' ? [a, b, c, d] : [c, d, a, b]
    sum += (await readLine(models, image, quad)).confidence
  }
  return lines.quads.length === 0 ? 0 : sum / lines.quads.length
}

/** Reads one line; each for itself, since the package pads all of a call to the widest one. */
async function readLine(
  { recognition }: PaddleModels,
  image: Image,
  quad: Quad,
): Promise<{ text: string; confidence: number }> {
  const points = toPackageQuad(quad)
  // Only `points` is read when it is there; the package drops boxes without a size.
  const [line] = await recognition.run(image, [{ x: 0, y: 0, width: 1, height: 1, points }])
  return line ?? { text: '', confidence: 0 }
}

function toPackageQuad([a, b, c, d]: Quad): PackageQuad {
  return [a, b, c, d]
}

function scaleQuad([a, b, c, d]: Quad, factor: number): Quad {
  const scaled = ({ x, y }: { x: number; y: number }) => ({ x: x * factor, y: y * factor })
  return [scaled(a), scaled(b), scaled(c), scaled(d)]
}
