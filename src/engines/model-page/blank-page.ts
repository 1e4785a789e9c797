import sharp, { type Sharp } from 'sharp'

type Gray = { readonly data: Uint8Array; readonly width: number; readonly height: number }

// A page at 200 dpi becomes 4 times smaller: noise averages out, strokes of small print stay.
const LOOKED_AT_PX = 600
// Print that fades into its surroundings less than this is not seen by a model either.
const MIN_CONTRAST = 20
const NOISE_FACTOR = 6
// Shadows of an edge or a fold are wider than this, strokes are not.
const SURROUNDINGS_SIGMA = 12
// A page number of one digit has 12 and more, a speck of dust 6 at most.
const MIN_MARK_SPOTS = 9

/**
 * Tells whether there is nothing on a page: paper, scanner noise and single specks at most. Doubtful
 * pages are not blank. Looked at only when an answer is empty (0.1 to 0.2 s for a page at 200 dpi).
 */
export async function isBlankPage(png: Uint8Array): Promise<boolean> {
  const page = await readGray(png)
  const { data: surroundings } = await readRaw(
    sharp(page.data, { raw: { width: page.width, height: page.height, channels: 1 } })
      .blur(SURROUNDINGS_SIGMA)
      .toColourspace('b-w'),
  )
  const contrasts = page.data.map((value, index) => Math.abs(value - (surroundings[index] ?? 0)))
  const threshold = Math.max(
    MIN_CONTRAST,
    NOISE_FACTOR * (contrasts.toSorted()[contrasts.length >> 1] ?? 0),
  )
  return !hasMark({ ...page, data: contrasts }, threshold)
}

async function readGray(png: Uint8Array): Promise<Gray> {
  const image = sharp(png)
  const { width, height } = await image.metadata()
  const factor = Math.max(1, Math.round(Math.max(width, height) / LOOKED_AT_PX))
  const smaller = { width: Math.ceil(width / factor), height: Math.ceil(height / factor) }
  return readRaw(
    image
      .flatten({ background: '#ffffff' })
      .resize({ ...smaller, fit: 'fill' })
      .toColourspace('b-w'),
  )
}

async function readRaw(image: Sharp): Promise<Gray> {
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height }
}

/** Tells whether so many pixels above the threshold hang together that it is no speck. */
function hasMark({ data, width }: Gray, threshold: number): boolean {
  const isSeen = new Uint8Array(data.length)
  const isNewInk = (at: number): boolean => (data[at] ?? 0) > threshold && isSeen[at] === 0
  // Left and right edge are neighbours here; that joins no two specks often enough to matter.
  const neighbours = [-width - 1, -width, 1 - width, -1, 1, width - 1, width, width + 1]
  for (let start = 0; start < data.length; start += 1) {
    if (!isNewInk(start)) continue
    isSeen[start] = 1
    const mark = [start]
    for (const at of mark) {
      for (const step of neighbours) {
        if (!isNewInk(at + step)) continue
        isSeen[at + step] = 1
        mark.push(at + step)
      }
      if (mark.length >= MIN_MARK_SPOTS) return true
    }
  }
  return false
}
