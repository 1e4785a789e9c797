import { createHash } from 'node:crypto'
import sharp from 'sharp'
import type { BlobKey } from '../contract/identifiers.ts'
import type { Block } from '../contract/page.ts'
import type { PageImage } from '../engines/engine.ts'
import type { BlobStore } from '../storage/blob-store.ts'
import { pictureKey } from '../storage/object-keys.ts'

/** A page of more pictures than this is a scan that was taken for a mosaic. */
const MAX_PICTURES = 100

const HASH_LENGTH = 16

/** Crops that were stored, in the order of the picture blocks. */
export type StoredPictures = {
  readonly keys: readonly BlobKey[]
  /** `false`: there were more pictures than are cut out. */
  readonly isComplete: boolean
}

/**
 * Cuts the pictures out of a page image and stores them beside the page's record, named by their
 * content: two readers of one page never exchange each other's crops.
 *
 * The image is a PNG that we encoded ourselves, so it is read here and not in a guarded child.
 */
export async function storePictures(
  store: BlobStore,
  page: {
    readonly blocks: readonly Block[]
    readonly image: PageImage
    readonly recordKey: BlobKey
    readonly signal: AbortSignal
  },
): Promise<StoredPictures> {
  const pictures = page.blocks.filter(({ category }) => category === 'picture')
  const boxes = pictures.map(({ bbox }) => bbox)
  const keys: BlobKey[] = []
  if (boxes.length === 0) return { keys, isComplete: true }
  // Once for all crops: decoding is what takes time.
  const { data, info } = await sharp(page.image.png).raw().toBuffer({ resolveWithObject: true })
  const { width, height, channels } = info
  for (const [left, top, right, bottom] of boxes.slice(0, MAX_PICTURES)) {
    page.signal.throwIfAborted()
    const crop = await sharp(data, { raw: { width, height, channels } })
      .extract({ left, top, width: right - left, height: bottom - top })
      .png()
      .toBuffer()
    const hash = createHash('sha256').update(crop).digest('hex').slice(0, HASH_LENGTH)
    const key = pictureKey(page.recordKey, hash)
    await store.put(key, crop, { contentType: 'image/png' })
    keys.push(key)
  }
  return { keys, isComplete: boxes.length <= MAX_PICTURES }
}
