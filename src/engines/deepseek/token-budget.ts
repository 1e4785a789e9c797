import type { ImageSize } from '../model-page/bounding-box.ts'

/** Side of a tile; an image within one of them is not cut into tiles. */
export const TILE_PX = 640

const MAX_TILES = 6
/** Prompt and answer together; the model has no more. */
const CONTEXT_TOKENS = 8_192
// For the start token and what a template may put around the prompt.
const SPARE_TOKENS = 16
const MIN_TEXT_TOKENS = 30
// The global view of 1,024 pixels: 16 rows of 16 patches and a line end, and one separator.
const GLOBAL_VIEW_TOKENS = 16 * 17 + 1
const PATCHES_PER_TILE = 10

/**
 * Tokens that an image costs in a prompt, as vLLM counts them in its fixed mode ("Gundam": a global
 * view of 1,024 pixels and up to six tiles of 640).
 *
 * @see vllm/transformers_utils/processors/deepseek_ocr.py of 0.12 to 0.32
 */
export function imageTokens(size: ImageSize): number {
  const { widthPx, heightPx } = size
  if (widthPx <= TILE_PX && heightPx <= TILE_PX) return GLOBAL_VIEW_TOKENS
  const { columns, rows } = tileGrid(size)
  return GLOBAL_VIEW_TOKENS + rows * PATCHES_PER_TILE * (columns * PATCHES_PER_TILE + 1)
}

/**
 * The most tokens that can be asked for: what an image and a prompt leave of the context. Older
 * versions of vLLM refuse more.
 */
export function maxAnswerTokens(size: ImageSize, prompt: string): number {
  // A token is a byte at least.
  const textTokens = Math.max(MIN_TEXT_TOKENS, Buffer.byteLength(prompt))
  return Math.max(1, CONTEXT_TOKENS - imageTokens(size) - textTokens - SPARE_TOKENS)
}

/** The grid of two to six tiles that is nearest in shape; of two equally near ones see below. */
function tileGrid({ widthPx, heightPx }: ImageSize): { columns: number; rows: number } {
  const shape = widthPx / heightPx
  let best = { columns: 1, rows: 1, distance: Infinity }
  for (let tiles = 2; tiles <= MAX_TILES; tiles += 1) {
    for (let columns = 1; columns <= tiles; columns += 1) {
      if (tiles % columns !== 0) continue
      const rows = tiles / columns
      const distance = Math.abs(shape - columns / rows)
      // The larger grid, when the image fills more than half of it.
      const isFilled = widthPx * heightPx > 0.5 * TILE_PX * TILE_PX * tiles
      if (distance < best.distance || (distance === best.distance && isFilled)) {
        best = { columns, rows, distance }
      }
    }
  }
  return best
}
